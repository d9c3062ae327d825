import { Progress } from './progress.js';
import { settings } from './settings.js';
import { summary } from './stats.js';

/** Code that has run for two seconds is not all compiled yet: rates went on growing, most with those who have most of it. */
const WARM_UP_SECONDS = 5;

/**
 * Measures every cell in turn, again and again: what disturbs the machine for a while disturbs all alike.
 * @param cells `{ name, measure(seconds) }`
 * @returns by name: `rate`, `cpu`, `p50` and `p99`, each with its spread
 */
export async function inTurns(title, cells) {
  const samples = new Map(cells.map(({ name }) => [name, []]));
  const progress = new Progress(title, cells.length * (settings.rounds + 1));
  for (const { name, measure } of cells) {
    progress.step(`${name} (warm-up)`);
    await measure(settings.smoke ? undefined : WARM_UP_SECONDS);
  }
  for (let round = 0; round < settings.rounds; round++) {
    // There and back: what one leaves behind (a checkpoint, say) must not always meet the same one after it.
    for (const { name, measure } of round % 2 === 0 ? cells : cells.toReversed()) {
      progress.step(name);
      samples.get(name).push(await measure());
    }
  }
  progress.end();
  return Object.fromEntries([...samples].map(([name, all]) => [name, summaries(all)]));
}

/** Not every cell has every figure. */
function summaries(all) {
  const figures = ['rate', 'cpu', 'p50', 'p99'].filter((figure) => all[0][figure] !== undefined);
  return Object.fromEntries(figures.map((figure) => [figure, summary(all.map((one) => one[figure]))]));
}
