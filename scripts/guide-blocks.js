// The fenced code blocks of the README and the guides, for the scripts and the tests that run them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const notRun = JSON.parse(readFileSync(join(root, 'test/docs/blocks-not-run.json'), 'utf8'));

/** Paths of the Markdown files that are written by hand. */
export const guides = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'examples/README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

export const readGuide = (guide) => readFileSync(join(root, guide), 'utf8');

export function blocksOf(guide) {
  const text = readGuide(guide);
  return [...text.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map(({ 1: language, 2: code, index }) => ({
    guide,
    line: text.slice(0, index).split('\n').length,
    language,
    code,
  }));
}

/**
 * Blocks of commands: `console` with their answers, one session per guide (`npm run check:readme`); the others run in
 * Jest.
 */
export const isRun = ({ guide, code }) =>
  !notRun.some((listed) => listed.guide === guide && code.startsWith(listed.begins));
