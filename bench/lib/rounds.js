import { Progress } from './progress.js';
import { settings } from './settings.js';
import { summary } from './stats.js';

/** After two seconds not all code is compiled yet: rates kept growing, most for contenders with the most code. */
const WARM_UP_SECONDS = 5;

/**
 * Measures every cell in turn, again and again, so that a temporary disturbance of the machine affects all equally.
 * @param cells `{ name, measure(seconds) }`
 * @param brief turns of one second, and correspondingly more of them: for cells that differ little, because the machine
 *   itself changes from one second to the next
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
    // In alternating order: whatever one leaves behind (for example, a checkpoint) must not always affect the same one
    // after it.
    for (const { name, measure } of round % 2 === 0 ? cells : cells.toReversed()) {
      progress.step(name);
      samples.get(name).push(await measure(brief ? 1 : undefined));
    }
  }
  progress.end();
  return Object.fromEntries([...samples].map(([name, all]) => [name, summaries(all)]));
}

/**
 * Starts contenders that are compared with each other, measures them in brief turns, and stops them before the next ones
 * start: the more processes sleep in the meantime, the colder the caches of each one when it wakes up.
 * @param contenders `{ start, cells }`: `cells` are those of the contender that `start` resolves with
 * @param others additional cells
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
