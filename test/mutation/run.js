// `npm run test:mutation [-- file …]`: how many small changes of the code would the tests notice?
//
// MUTATION_SHARE    the share of all changes to try, by default 0.2
// MUTATION_SEED     any text: other ones; the same text stands for the same ones
// MUTATION_SPECS    a regular expression: only specs with such a path look, which begins sooner; for work on one file
// MUTATION_SECONDS  how long to look for a test that notices a change, by default 25
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Stryker } from '@stryker-mutator/core';
import startServers from '../support/global-setup.js';
import stopServers from '../support/global-teardown.js';

const MUTATED = ['tokens', 'sessions', 'revocation', 'accounts', 'mfa'];
const root = join(import.meta.dirname, '../..');
const files = process.argv.slice(2);
process.chdir(root);
await startServers({ rootDir: root });
try {
  await new Stryker({
    configFile: 'test/mutation/stryker.config.js',
    mutate: files.length > 0 ? files : MUTATED.map((folder) => `src/${folder}/**/*.ts`),
  }).runMutationTest();
} finally {
  rmSync('.stryker-tmp', { recursive: true, force: true });
  await stopServers();
}
