import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');
const capacity = (...args: string[]) =>
  promisify(execFile)(process.execPath, [join(ROOT, 'bench/capacity.js'), ...args]);
/** Tables are aligned in one way on the terminal and in another one in the guide. */
const cells = (text: string) =>
  text.split('\n').map((line) => line.replaceAll(/ *\| */g, '|').replaceAll(/-+/g, '-'));

describe('npm run capacity', () => {
  it('prints what the guide says', async () => {
    const guide = cells(readFileSync(join(ROOT, 'docs/capacity.md'), 'utf8'));
    const printed = cells((await capacity()).stdout).filter(Boolean);
    expect(printed.length).toBeGreaterThan(10);
    expect(guide).toEqual(expect.arrayContaining(printed));
  });

  it('computes for other users, and refuses what is no number', async () => {
    const { stdout } = await capacity('--users', '900000', '--active', '0.1', '--ttl', '300');
    expect(cells(stdout)).toEqual(expect.arrayContaining(['|users|900 000|', '|refreshes a second|300|']));
    await expect(capacity('--users', 'many')).rejects.toMatchObject({ code: 2 });
  });
});
