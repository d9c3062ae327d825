// A reporter for Stryker: prints each change that no test has noticed, as soon as that is known.
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';

const SHOWN = new Set(['Survived', 'NoCoverage', 'Timeout', 'RuntimeError']);
const ONE_LINE = 160;

const unnoticed = {
  onMutantTested({ status, fileName, location, mutatorName, replacement }) {
    if (!SHOWN.has(status)) return;
    const { line, column } = location.start;
    const change = replacement.replaceAll(/\s+/g, ' ').slice(0, ONE_LINE);
    console.log(`${status} ${fileName}:${line}:${column} ${mutatorName} -> ${change}`);
  },
};

export const strykerPlugins = [
  declareFactoryPlugin(
    PluginKind.Reporter,
    'unnoticed',
    Object.assign(() => unnoticed, { inject: [] }),
  ),
];
