import { join } from 'node:path';

/** Below this share of noticed changes, the command fails. */
const LOWEST_SCORE = 85;

export default {
  testRunner: 'specs',
  checkers: ['sample'],
  plugins: ['specs-runner.js', 'sample.js', 'unnoticed.js'].map((file) => join(import.meta.dirname, file)),
  coverageAnalysis: 'perTest',
  // Code that runs when its module is loaded would need a new process for each change.
  ignoreStatic: true,
  concurrency: 2,
  maxTestRunnerReuse: 50,
  // An endless loop. What takes long otherwise is the search for a test.
  timeoutMS: 150_000,
  timeoutFactor: 0,
  dryRunTimeoutMinutes: 30,
  thresholds: { high: LOWEST_SCORE, low: LOWEST_SCORE, break: LOWEST_SCORE },
  ignorePatterns: ['bench', 'deploy', 'dist', 'docs', 'examples', 'reports', 'coverage'],
  reporters: ['unnoticed', 'clear-text', 'html', 'json', 'progress-append-only'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  htmlReporter: { fileName: 'reports/mutation/mutation.html' },
  jsonReporter: { fileName: 'reports/mutation/mutation.json' },
};
