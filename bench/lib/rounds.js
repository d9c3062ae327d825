import { Progress } from './progress.js';
import { settings } from './settings.js';
import { summary } from './stats.js';

/** Code that has run for two seconds is not all compiled yet: rates went on growing, most with those who have most of it. */
const WARM_UP_SECONDS = 5;

/**
 * Measures every cell in turn, again and again: what disturbs the machine for a while disturbs all alike.
 * @param cells `{ name, measure(seconds) }`
 * @param brief turns of one second, and as many more of them: for those that differ by little, as the machine itself
 *   changes from one second to the next
 * @returns by name: `rate`, `cpu`, `p50` and `p99`, each with its spread
 */
export async function inTurns(title, cells, { brief = false } = {}) {
  const rounds = brief ? Math.ceil(settings.rounds * settings.seconds) : settings.rounds;
  const samples = new Map(cells.map(({ name }) => [name, []]));
  const progress = new Progress(title, cells.length * (rounds + 1));
  for (const { name, measure } of cells) {
    progress.step(`${name} (warm-up)`);
    await measure(settings.smoke ? undefined : WARM_UP_SECONDS);
  }
  for (let round = 0; round < rounds; round++) {
    // There and back: what one leaves behind (a checkpoint, say) must not always meet the same one after it.
    for (const { name, measure } of round % 2 === 0 ? cells : cells.toReversed()) {
      progress.step(name);
      samples.get(name).push(await measure(brief ? 1 : undefined));
    }
  }
  progress.end();
  return Object.fromEntries([...samples].map(([name, all]) => [name, summaries(all)]));
}

/**
 * Starts contenders that are compared with each other, has them take brief turns, and stops them before the next ones come:
 * the more processes sleep meanwhile, the colder each one wakes up.
 * @param contenders `{ start, cells }`: `cells` are those of the contender that `start` resolves with
 * @param others cells besides
 */
export async function comparedInTurns(title, contenders, others = []) {
  const running = [];
  const cells = [...others];
  for (const { start, cells: cellsOf } of contenders) {
    const contender = await start();
    running.push(contender);
    cells.push(...cellsOf(contender));
  }
  const results = await inTurns(title, cells, { brief: true });
  for (const contender of running) await contender.stop();
  return results;
}

/** Not every cell has every figure. */
function summaries(all) {
  const figures = ['rate', 'cpu', 'p50', 'p99'].filter((figure) => all[0][figure] !== undefined);
  return Object.fromEntries(figures.map((figure) => [figure, summary(all.map((one) => one[figure]))]));
}
