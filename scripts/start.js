// `npm start`: builds if needed, then runs the service in development mode.
import { join } from 'node:path';
import { buildIfNeeded } from './build-if-needed.js';

process.chdir(join(import.meta.dirname, '..'));
buildIfNeeded();
process.env.NODE_ENV ||= 'development';
await import('../dist/main.js');
