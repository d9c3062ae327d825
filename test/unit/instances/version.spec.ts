import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VERSION } from '../../../src/instances/version.js';

it('the version that instances tell each other is that of the package', () => {
  const manifest = readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8');
  expect(VERSION).toBe((JSON.parse(manifest) as { version: string }).version);
});
