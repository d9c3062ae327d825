// A checker for Stryker: leaves out all but a share of the mutants. Stryker reports those left out as `CompileError`, which
// does not count.
import { createHash } from 'node:crypto';
import { CheckStatus } from '@stryker-mutator/api/check';
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';

/** Of all changes, the part that is tried. */
export const SHARE = Number(process.env.MUTATION_SHARE ?? 0.2);

const sample = {
  async init() {},
  async check(mutants) {
    return Object.fromEntries(mutants.map((mutant) => [mutant.id, isIn(mutant) ? PASSED : LEFT_OUT]));
  },
  async group(mutants) {
    return [mutants.map(({ id }) => id)];
  },
};

const PASSED = { status: CheckStatus.Passed };
const LEFT_OUT = { status: CheckStatus.CompileError, reason: 'not in the sample' };

const SEED = process.env.MUTATION_SEED ?? '';

/** Depends on the changed code alone, so the next run tries the same ones. */
function isIn({ fileName, location, replacement, mutatorName }) {
  const text = JSON.stringify([fileName.replace(process.cwd(), ''), location, replacement, mutatorName]);
  return (
    createHash('sha256')
      .update(SEED + text)
      .digest()
      .readUInt32BE() /
      2 ** 32 <
    SHARE
  );
}

export const strykerPlugins = [
  declareFactoryPlugin(
    PluginKind.Checker,
    'sample',
    Object.assign(() => sample, { inject: [] }),
  ),
];
