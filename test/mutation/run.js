// `npm run test:mutation [-- file …]`: how many small changes of the code would the tests notice? Needs no build.
//
// MUTATION_SHARE    the share of all changes to try, by default 0.2; which ones depends on their places alone
// MUTATION_SECONDS  how long to look for a test that notices a change, by default 25
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Stryker } from '@stryker-mutator/core';
import startServers from '../support/global-setup.js';
import stopServers from '../support/global-teardown.js';

const MUTATED = ['tokens', 'sessions', 'revocation', 'accounts', 'mfa'];
/** Below this share of noticed changes, the command fails. */
const LOWEST_SCORE = 85;
const root = join(import.meta.dirname, '../..');
const files = process.argv.slice(2);
process.chdir(root);
await startServers({ rootDir: root });
try {
  await new Stryker({
    configFile: join(import.meta.dirname, 'no-config.json'),
    mutate: files.length > 0 ? files : MUTATED.map((folder) => `src/${folder}/**/*.ts`),
    testRunner: 'specs',
    plugins: [join(import.meta.dirname, 'specs-runner.js'), join(import.meta.dirname, 'sample.js')],
    checkers: ['sample'],
    coverageAnalysis: 'perTest',
    ignoreStatic: true,
    concurrency: 2,
    maxTestRunnerReuse: 50,
    timeoutMS: 60_000,
    timeoutFactor: 0,
    dryRunTimeoutMinutes: 30,
    thresholds: { high: LOWEST_SCORE, low: LOWEST_SCORE, break: LOWEST_SCORE },
    ignorePatterns: ['bench', 'deploy', 'dist', 'docs', 'examples', 'reports', 'coverage'],
    reporters: ['clear-text', 'html', 'json', 'progress-append-only'],
    clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
    htmlReporter: { fileName: 'reports/mutation/mutation.html' },
    jsonReporter: { fileName: 'reports/mutation/mutation.json' },
  }).runMutationTest();
} finally {
  rmSync(join(root, '.stryker-tmp'), { recursive: true, force: true });
  await stopServers();
}
