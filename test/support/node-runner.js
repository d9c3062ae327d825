import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(import.meta.resolve('jest-circus'));
const CIRCUS = require.resolve('./jestAdapterInit.js');

/**
 * Jest's own test framework (circus), without Jest's module system: spec files, sources and packages are loaded by Node
 * as users load them, once for all files of a worker instead of again for each. Nothing here mocks modules, which is
 * what Jest's module system is for. Watching works because Jest begins each run of it with new workers. What a module
 * under `support` keeps therefore serves many files, and must not be one of Jest's globals, which are each file's own.
 * It does what jest-circus/runner does, and follows it: both are of one version.
 */
export default async function run(globalConfig, config, environment, runtime, testPath, sendMessageToJest) {
  // Its state is that of one file.
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
  // Jest's hook for stack traces knows the maps of its own module system only; Node knows those of the loader.
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
