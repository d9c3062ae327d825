import base from './jest.config.js';

/** The fault suite: real processes that are killed, on two cores at most. Run it with `npm run test:faults`. */
export default {
  ...base,
  roots: ['<rootDir>/test/faults'],
  testPathIgnorePatterns: ['/node_modules/'],
  globalSetup: '<rootDir>/test/faults/support/begin.js',
  globalTeardown: '<rootDir>/test/faults/support/end.js',
  // One after another: they measure time, and each of them starts enough processes.
  maxWorkers: 1,
  testTimeout: 120_000,
};
