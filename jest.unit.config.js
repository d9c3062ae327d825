import base from './jest.config.js';

const { globalSetup: _, globalTeardown: __, ...settings } = base;

/** The fast tests: no database, no build. `npm run test:unit` runs them once, `npm run test:watch` on every change. */
export default {
  ...settings,
  // Watch mode also needs to find the sources: `x.js` in an import statement means x.ts.
  roots: ['<rootDir>/test/unit', '<rootDir>/test/support', '<rootDir>/src'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': ['$1.ts', '$1.js'] },
};
