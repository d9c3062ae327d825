import { AccountAdmin } from '../index.js';
import { stopSignals } from '../settings/stop-servers.js';
import { summaryOf } from './import/import-counts.js';
import { ImportRun } from './import/import-run.js';
import { type ImportCliOptions, type ImportSettings, importSettings } from './import/import-settings.js';
import { InputError } from './import/input-error.js';
import type { Io } from './io.js';
import { done, EXIT, type Outcome, wrongUsage } from './outcome.js';
import { withUsers } from './run.js';

/** Imports the users of a file. Only rows of the file are skipped or rejected; accounts that exist never change. */
export async function importUsers(io: Io, file: string, options: ImportCliOptions): Promise<Outcome> {
  try {
    const settings = importSettings(file, options);
    return await withUsers(io, (app) =>
      runImport(new ImportRun(app.get(AccountAdmin), settings, io), settings, io),
    );
  } catch (error) {
    if (error instanceof InputError) return wrongUsage(error.message);
    throw error;
  }
}

async function runImport(run: ImportRun, settings: ImportSettings, io: Io): Promise<Outcome> {
  const explain = () => io.stderr.write(`${howToContinue(run)}\n`);
  // Before the one that ends the process.
  for (const signal of stopSignals()) process.prependListener(signal, explain);
  try {
    await run.run();
  } catch (error) {
    explain();
    throw error;
  } finally {
    for (const signal of stopSignals()) process.removeListener(signal, explain);
  }
  return outcomeOf(run, settings);
}

function howToContinue({ entries, canContinue }: ImportRun): string {
  const again = canContinue
    ? 'run the same command again to continue'
    : 'run the same command again; users who have been imported are not imported twice';
  return `\nStopped after ${entries} users: ${again}.`;
}

function outcomeOf(run: ImportRun, settings: ImportSettings): Outcome {
  const { counts, conflict, rejections } = run;
  const { dryRun } = settings.options;
  const json = {
    ...counts,
    ...(conflict && { conflict }),
    ...(dryRun ? { dryRun, rejections } : counts.rejected > 0 && { rejectedFile: settings.rejectedPath }),
  };
  const shown = dryRun ? rejections.map(({ line, reason }) => `  line ${line}: ${reason}`) : [];
  const text = [summaryOf(counts, settings), ...shown].join('\n');
  if (conflict)
    return {
      text: `Line ${conflict.line}: ${conflict.reason}. The import has stopped there; users imported before stay. To go on, run the command again with --on-conflict skip or reject.`,
      json,
      exitCode: EXIT.FAILED,
    };
  return counts.rejected > 0 ? { text, json, exitCode: EXIT.FAILED } : done(text, json);
}
