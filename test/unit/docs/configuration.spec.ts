import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTable } from '../../../scripts/configuration-table.js';
import { VARIABLES } from '../../../src/settings/variables.js';

const GUIDE = readFileSync(join(import.meta.dirname, '../../../docs/configuration.md'), 'utf8');

describe('the table of environment variables', () => {
  it('is what the service reads: after changing that, npm run docs:config', async () => {
    expect(GUIDE).toBe(await withTable(GUIDE, VARIABLES));
  });

  it('has a row for every variable, with a default and a meaning', async () => {
    const rows = [...GUIDE.matchAll(/^\| `([A-Z_]+)` +\| (\S.*?) +\| (\S.*?\.) +\|/gm)].map(
      ([, name]) => name,
    );
    expect(rows).toEqual(VARIABLES.map(({ name }) => name));
    expect(new Set(rows).size).toBe(rows.length);
  });

  it('would be found out of date when a variable is added', async () => {
    expect(await withTable(GUIDE, [...VARIABLES, VARIABLES[0]!])).not.toBe(GUIDE);
  });
});
