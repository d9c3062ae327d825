import base from './jest.config.js';

/** Examples with packages of their own: resource servers, a client. Run it with `npm run test:examples`. */
export default {
  ...base,
  roots: ['<rootDir>/test/examples'],
  testPathIgnorePatterns: ['/node_modules/'],
};
