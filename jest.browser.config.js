import base from './jest.config.js';

/** Everything that needs a Chromium. Run it with `npm run test:browser`. */
export default {
  ...base,
  roots: ['<rootDir>/test/browser'],
  // One Chromium at a time: tabs that starve cannot tell each other in time what they know.
  maxWorkers: 1,
  testPathIgnorePatterns: ['/node_modules/'],
};
