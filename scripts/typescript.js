import * as module from 'node:module';

/** Lets plain Node import the sources, without a build: `node --import ./scripts/typescript.js script.ts`. */
if ('registerHooks' in module) module.registerHooks(await import('./typescript-hooks.js'));
// Before Node 22.15. Node 26 warns that it is deprecated.
else module.register('./typescript-hooks.js', import.meta.url);
