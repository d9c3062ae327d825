import { throttlerAsEsm } from './test/support/throttler-as-esm.js';

export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  // They are run by themselves: npm run test:browser, test:faults, test:examples.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/(browser|examples|faults)/'],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  extensionsToTreatAsEsm: ['.ts'],
  // Sources import each other with the .js ending that Node will see.
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^latchkey$': '<rootDir>/src/index.ts',
    '^@nestjs/throttler$': throttlerAsEsm(),
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
  maxWorkers: 2,
  testTimeout: 30_000,
};
