import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(import.meta.resolve('jest-circus'));
const CIRCUS = require.resolve('./jestAdapterInit.js');

/**
 * Jest's own test framework (circus) without Jest's module system: Node loads spec files, sources and packages as
 * users load them, once for all files of a worker instead of again for each. Nothing here mocks modules, which is what
 * Jest's module system is for. Watch mode works because Jest starts each run with new workers. Because modules are
 * loaded once, state kept in a module under `support` is shared by many files, and must not include Jest's globals,
 * which belong to one file. This follows jest-circus/runner; both must have the same version.
 */
export default async function run(globalConfig, config, environment, runtime, testPath, sendMessageToJest) {
  // Its state belongs to one file.
  delete globalThis[Symbol.for('EVENT_HANDLERS')];
  delete require.cache[CIRCUS];
  const { initialize, runAndTransformResultsToJestFormat } = require(CIRCUS);
  await initialize({
    config,
    environment: { global: globalThis },
    globalConfig,
    localRequire: require,
    parentProcess: process,
    runtime,
    sendMessageToJest,
    setGlobalsForRuntime: () => {},
    testPath,
  });
  // Jest's hook for stack traces knows only the source maps of its own module system; Node knows those of the loader.
  Error.prepareStackTrace = undefined;
  const setup = Date.now();
  await import(pathToFileURL(testPath).href);
  return runAndTransformResultsToJestFormat({
    config,
    globalConfig,
    setupAfterEnvPerfStats: { setupAfterEnvStart: setup, setupAfterEnvEnd: setup },
    testPath,
  });
}
