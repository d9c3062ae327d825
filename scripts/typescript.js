import { register } from 'node:module';

/** Lets plain Node import the sources, without a build: `node --import ./scripts/typescript.js script.ts`. */
register('./typescript-hooks.js', import.meta.url);
