export default {
  testEnvironment: 'node',
  testRunner: '<rootDir>/test/support/node-runner.js',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  // They are run by themselves: npm run test:browser, test:faults, test:examples.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/(browser|examples|faults)/'],
  globalSetup: '<rootDir>/test/support/global-setup.js',
  globalTeardown: '<rootDir>/test/support/global-teardown.js',
  transform: {},
  // On two cores: most files wait for hashes, processes and PostgreSQL about a third of their time.
  maxWorkers: 3,
  testTimeout: 30_000,
};
