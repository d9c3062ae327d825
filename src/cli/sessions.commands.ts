import { Presets, SingleBar } from 'cli-progress';
import { Cleanup } from '../index.js';
import { done, failed } from './outcome.js';
import type { Command } from './run.js';

/** The progress bar is written to standard error, and only if that is a terminal. */
export const purgeSessions: Command = async (app) => {
  const cleanup = app.get(Cleanup);
  const bar = new SingleBar({ stream: process.stderr, clearOnComplete: true }, Presets.shades_classic);
  bar.start(await cleanup.countExpired(), 0);
  const deleted = await cleanup.run({ wait: true, onProgress: (total) => bar.update(total) });
  bar.stop();
  if (deleted === null) return failed('Another instance is already cleaning up.');
  return done(`${deleted} rows of ended sessions and expired revocations were deleted.`, { deleted });
};
