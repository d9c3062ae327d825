import module from 'node:module';
import { join } from 'node:path';

/** Since Node.js 22.1. If `NODE_COMPILE_CACHE` names a folder, that one is used already. */
const { enableCompileCache } = module as { enableCompileCache?: (folder: string) => unknown };

// Beside the code, because whoever can write there can change the code anyway; the default is below `/tmp`. Node.js does
// without a folder that it cannot write.
enableCompileCache?.(join(import.meta.dirname, '../dist/compile-cache'));
await import('./service/run.js');
