import base from './jest.config.js';

/** Everything that needs Chromium. Run it with `npm run test:browser`. */
export default {
  ...base,
  roots: ['<rootDir>/test/browser'],
  // One Chromium at a time: tabs without processor time cannot notify each other in time.
  maxWorkers: 1,
  // Chromium is slow on a busy machine, and a test opens several pages.
  testTimeout: 120_000,
  testPathIgnorePatterns: ['/node_modules/'],
};
