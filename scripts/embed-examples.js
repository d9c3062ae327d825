// `npm run docs:embed`: copies files into the guides wherever a comment such as <!-- file: examples/extending/x.ts -->
// precedes a code block. With --check it changes nothing and fails if a block is out of date.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { guides } from './guide-blocks.js';

const root = join(import.meta.dirname, '..');
const BLOCK = /(<!-- file: (\S+) -->\n+```\w+\n)[^]*?(```)/g;

const stale = guides.filter((name) => {
  const before = readFileSync(join(root, name), 'utf8');
  const after = before.replace(BLOCK, (_, head, file, tail) => {
    return head + readFileSync(join(root, file), 'utf8') + tail;
  });
  if (after !== before && !process.argv.includes('--check')) writeFileSync(join(root, name), after);
  return after !== before;
});
if (process.argv.includes('--check') && stale.length > 0) {
  console.error(`Out of date: ${stale.join(', ')}. Run npm run docs:embed.`);
  process.exit(1);
}
