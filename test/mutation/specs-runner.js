// A test runner for Stryker: runs specs in one process, as Jest's workers do here (see ../support/node-runner.js). A spec
// file is what Stryker calls a test.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { INSTRUMENTER_CONSTANTS } from '@stryker-mutator/api/core';
import { commonTokens, declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { determineHitLimitReached, toMutantRunResult } from '@stryker-mutator/api/test-runner';

const FOLDERS = ['model', 'unit', 'integration', 'races', 'attacks', 'e2e'];
/** What runs in other processes says nothing of a change in this one. */
const ELSEWHERE = new RegExp(
  [
    'startServiceProcess|runService\\b|fromSources|runCliProcess|runCliUnread|gateway-process|child_process',
    'support/embedded-postgres|express/',
  ].join('|'),
);
const TEST_TIMEOUT_MS = 30_000;
/** How long to look for a spec that notices a change, in milliseconds. One that has begun ends. */
const LOOK_MS = Number(process.env.MUTATION_SECONDS ?? 25) * 1000;

/** Which specs to run, by their paths. */
const CHOSEN = new RegExp(process.env.MUTATION_SPECS ?? '');

/** In the copy: how long each spec took, in milliseconds, by its path. */
const DURATIONS = 'durations.json';

const context = (globalThis[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {});

class SpecsRunner {
  #runs = 0;

  constructor(log) {
    this.log = log;
  }

  capabilities() {
    return { reloadEnvironment: false };
  }

  async init() {
    const root = process.cwd();
    // That of the copy, so that it finds the sources of the copy.
    await import(pathToFileURL(join(root, 'scripts/typescript.js')).href);
    const require = createRequire(join(root, 'package.json'));
    this.circus = require('jest-circus');
    const { jestExpect } = createRequire(require.resolve('jest-circus'))('@jest/expect');
    const { describe, it, test, beforeAll, beforeEach, afterAll, afterEach } = this.circus;
    Object.assign(globalThis, { describe, it, test, beforeAll, beforeEach, afterAll, afterEach });
    globalThis.expect = jestExpect;
    this.circus.addEventHandler((event) => this.#onEvent(event));
  }

  async dryRun() {
    const tests = [];
    for (const spec of specs()) tests.push(await this.#run(spec, { record: true }));
    const passed = tests.filter(({ status }) => status === TestStatus.Success);
    for (const { name, failureMessage } of tests.filter((result) => !passed.includes(result)))
      this.log.warn(`Left out, because it fails here: ${name}\n${failureMessage}`);
    const durations = passed.map(({ id, timeSpentMs }) => [id, timeSpentMs]);
    writeFileSync(DURATIONS, JSON.stringify(Object.fromEntries(durations)));
    return { status: 'complete', tests: passed, mutantCoverage: context.mutantCoverage };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, mutantActivation }) {
    context.hitCount = hitLimit ? 0 : undefined;
    context.hitLimit = hitLimit;
    const until = performance.now() + LOOK_MS;
    const tests = [];
    for (const spec of nearestFirst(testFilter ?? specs(), activeMutant.fileName)) {
      const result = await this.#run(spec, { mutant: activeMutant.id, mutantActivation });
      tests.push(result);
      if (result.status === TestStatus.Failed || performance.now() > until) break;
    }
    context.activeMutant = undefined;
    return toMutantRunResult(
      determineHitLimitReached(context.hitCount, hitLimit) ?? { status: 'complete', tests },
    );
  }

  async #run(spec, { record = false, mutant, mutantActivation }) {
    const began = performance.now();
    const finished = (status, more) => ({
      id: spec,
      name: spec,
      fileName: spec,
      timeSpentMs: performance.now() - began,
      status,
      ...more,
    });
    if (mutantActivation === 'static') context.activeMutant = mutant;
    this.circus.resetState();
    this.circus.getState().testTimeout = TEST_TIMEOUT_MS;
    try {
      // Modules are loaded once; the number makes it another module, which registers its tests again.
      await import(`${pathToFileURL(spec).href}?run=${this.#runs++}`);
      context.activeMutant = mutant;
      if (record) context.currentTestId = spec;
      const { testResults, unhandledErrors } = await this.circus.run();
      const failed = testResults.find(({ errors }) => errors.length > 0);
      const failure = failed?.errors[0] ?? unhandledErrors[0];
      if (failure) return finished(TestStatus.Failed, { failureMessage: String(failure).slice(0, 2000) });
      return finished(TestStatus.Success);
    } catch (error) {
      return finished(TestStatus.Failed, { failureMessage: String(error?.stack ?? error) });
    } finally {
      context.currentTestId = undefined;
      context.activeMutant = undefined;
    }
  }

  /** After the first failure the rest of a spec says nothing more. */
  #onEvent({ name }) {
    if (name === 'test_fn_failure' || name === 'hook_failure') skip(this.circus.getState().rootDescribeBlock);
  }
}

const TestStatus = { Success: 0, Failed: 1 };

function skip(describeBlock) {
  for (const child of describeBlock.children) {
    if (child.type === 'test') child.mode = 'skip';
    else skip(child);
  }
}

/** Those that could notice something. */
function specs() {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join('test', folder), { recursive: true })
      .filter((path) => path.endsWith('.spec.ts'))
      .map((path) => join('test', folder, path))
      .filter((path) => CHOSEN.test(path))
      .filter((path) => !ELSEWHERE.test(readFileSync(path, 'utf8'))),
  );
}

/** Those with the most words of the file in their names, and of these the quickest ones first. */
function nearestFirst(paths, mutated) {
  const durations = existsSync(DURATIONS) ? JSON.parse(readFileSync(DURATIONS, 'utf8')) : {};
  const words = new Set(wordsOf(mutated));
  const shared = (path) => wordsOf(path).filter((word) => words.has(word)).length;
  return paths.toSorted((a, b) => shared(b) - shared(a) || durations[a] - durations[b]);
}

/** The words of a file's name without its ending, in the singular: `account`, `closing`. */
function wordsOf(path) {
  return basename(path)
    .split('.', 1)[0]
    .split('-')
    .map((word) => word.replace(/s$/, ''));
}

export const strykerPlugins = [
  declareFactoryPlugin(
    PluginKind.TestRunner,
    'specs',
    Object.assign((log) => new SpecsRunner(log), { inject: [commonTokens.logger] }),
  ),
];
