import base from './jest.config.js';

/** The examples, some with their own packages, and what the guides show. Run it with `npm run test:examples`. */
export default {
  ...base,
  roots: ['<rootDir>/test/examples', '<rootDir>/test/docs'],
  testPathIgnorePatterns: ['/node_modules/'],
};
