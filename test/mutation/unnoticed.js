// A reporter for Stryker: prints each change that no test has noticed, as soon as that is known, and in the end the score.
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { SHARE } from './sample.js';

const SHOWN = new Set(['Survived', 'NoCoverage', 'Timeout', 'RuntimeError']);
const ONE_LINE = 160;
/** Below this share of noticed changes, in percent, the command fails. */
const LOWEST_SCORE = 85;

class Unnoticed {
  onMutantTested({ status, fileName, location, mutatorName, replacement }) {
    if (!SHOWN.has(status)) return;
    const { line, column } = location.start;
    const change = replacement.replaceAll(/\s+/g, ' ').slice(0, ONE_LINE);
    console.log(`${status} ${fileName}:${line}:${column} ${mutatorName} -> ${change}`);
  }

  /** Stryker's own score counts all changes that no test reaches, not only those of the sample. */
  onMutationTestReportReady({ files }) {
    const counts = {};
    for (const { mutants } of Object.values(files))
      for (const { status } of mutants) counts[status] = (counts[status] ?? 0) + 1;
    const { Killed = 0, Timeout = 0, Survived = 0, NoCoverage = 0 } = counts;
    const noticed = Killed + Timeout;
    const score = (100 * noticed) / (noticed + Survived + NoCoverage * SHARE);
    console.log(
      `${noticed} of ${noticed + Survived} changes were noticed; no test here reaches ${NoCoverage} others. Score: ${score.toFixed(1)}%.`,
    );
    if (score < LOWEST_SCORE) process.exitCode = 1;
  }
}

export const strykerPlugins = [
  declareFactoryPlugin(
    PluginKind.Reporter,
    'unnoticed',
    Object.assign(() => new Unnoticed(), { inject: [] }),
  ),
];
