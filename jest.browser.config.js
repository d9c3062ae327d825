import base from './jest.config.js';

/** Everything that needs a Chromium. Run it with `npm run test:browser`. */
export default {
  ...base,
  roots: ['<rootDir>/test/browser'],
  testPathIgnorePatterns: ['/node_modules/'],
};
