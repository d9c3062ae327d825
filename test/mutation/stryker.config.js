import { join } from 'node:path';

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
  ignorePatterns: ['bench', 'dist', 'examples', 'reports', 'coverage'],
  reporters: ['unnoticed', 'clear-text', 'html', 'json', 'progress-append-only'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  htmlReporter: { fileName: 'reports/mutation/mutation.html' },
  jsonReporter: { fileName: 'reports/mutation/mutation.json' },
};
