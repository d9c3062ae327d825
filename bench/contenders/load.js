// Only loads the package: by `import` or `require`, alone or into a process that has loaded Nest and TypeORM.
import { createRequire } from 'node:module';
import { options, ready } from '../lib/contender.js';

const { how, after } = options;
const require = createRequire(import.meta.url);
if (after)
  for (const name of [
    'reflect-metadata',
    '@nestjs/common',
    '@nestjs/core',
    '@nestjs/platform-fastify',
    '@nestjs/typeorm',
    'typeorm',
    'pg',
  ])
    await import(name);

const began = performance.now();
if (how === 'import') await import('../../dist/esm/index.js');
else require('../../dist/commonjs/index.js');
ready({ ms: performance.now() - began });
