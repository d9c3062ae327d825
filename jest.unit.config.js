import base from './jest.config.js';

const { globalSetup: _, globalTeardown: __, ...settings } = base;

/** The fast tests: no database, no build. Run them with `npm run test:unit`, or with `npm run test:watch` at every change. */
export default {
  ...settings,
  // Watching also needs to know the sources: `x.js` in an import statement means x.ts.
  roots: ['<rootDir>/test/unit', '<rootDir>/test/support', '<rootDir>/src'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': ['$1.ts', '$1.js'] },
};
