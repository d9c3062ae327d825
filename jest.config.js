export default {
  testEnvironment: 'node',
  testRunner: '<rootDir>/test/support/node-runner.js',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  // These run separately: npm run test:browser, test:faults, test:examples, check:package.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/(browser|docs|examples|faults|package)/'],
  globalSetup: '<rootDir>/test/support/global-setup.js',
  globalTeardown: '<rootDir>/test/support/global-teardown.js',
  transform: {},
  maxWorkers: 2,
  testTimeout: 30_000,
};
