import module from 'node:module';
import { join } from 'node:path';

/** Node.js 22.1 and later; see https://nodejs.org/api/module.html#moduleenablecompilecachecachedir. */
const { enableCompileCache } = module as { enableCompileCache?: (folder: string) => unknown };

// Beside the code, because whoever can write there can change the code anyway: `/tmp` belongs to everybody. Where the folder
// cannot be written, Node.js goes on without it.
enableCompileCache?.(process.env.NODE_COMPILE_CACHE || join(import.meta.dirname, 'compile-cache'));
await import('./service/run.js');
