// `npm run latchkey -- <command>`: the command-line tool for the service that `npm start` runs.
import { join } from 'node:path';
import { buildIfNeeded } from './build-if-needed.js';

process.chdir(join(import.meta.dirname, '..'));
buildIfNeeded();
process.env.NODE_ENV ||= 'development';
await import('../dist/commonjs/cli/main.js');
