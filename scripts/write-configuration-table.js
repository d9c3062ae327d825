// `npm run docs:config`: writes the table of environment variables into docs/configuration.md (or the guide that is named),
// between its markers.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import './typescript.js';
import { withTable } from './configuration-table.js';

const { VARIABLES } = await import('../src/settings/variables.ts');
const file = process.argv[2] ?? join(import.meta.dirname, '../docs/configuration.md');
writeFileSync(file, await withTable(readFileSync(file, 'utf8'), VARIABLES));
