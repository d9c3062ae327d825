import { setImmediate as nextTurn } from 'node:timers/promises';
import { Gathering } from '../../../src/database/gathering.js';

/** Work that ends when the test says so. */
function startGathering(most = 100, longestWaitMs?: number) {
  const batches: { requests: number[]; end(): Promise<void> }[] = [];
  const gathering = new Gathering<number>(
    most,
    (requests) =>
      new Promise((resolve) =>
        batches.push({
          requests,
          async end() {
            resolve();
            await nextTurn();
          },
        }),
      ),
    longestWaitMs,
  );
  const add = async (...numbers: number[]) => {
    for (const number of numbers) gathering.add(number);
    await nextTurn();
    await nextTurn();
  };
  const begun = () => batches.map(({ requests }) => requests);
  return { add, batches, begun };
}

describe('gathered requests', () => {
  it('of one turn are done together, up to the maximum', async () => {
    const { add, begun } = startGathering(3);
    await add(1, 2);
    await add(3, 4, 5, 6, 7);
    expect(begun()).toEqual([
      [1, 2],
      [3, 4, 5],
      [6, 7],
    ]);
  });

  it('wait while four pieces of work are under way, and are done together when one of them ends', async () => {
    const { add, batches, begun } = startGathering(100, 60_000);
    for (let number = 1; number <= 4; number++) await add(number);
    await add(5);
    await add(6, 7);
    expect(begun()).toEqual([[1], [2], [3], [4]]);
    await batches[2]!.end();
    expect(begun().slice(4)).toEqual([[5, 6, 7]]);
    await batches[0]!.end();
    await add(8);
    expect(begun().slice(5)).toEqual([[8]]);
  });

  it('wait for work that is stuck no longer than ten milliseconds', async () => {
    const { add, begun } = startGathering();
    for (let number = 1; number <= 4; number++) await add(number);
    await add(5, 6);
    while (begun().length < 5) await nextTurn();
    await add(7);
    while (begun().length < 6) await nextTurn();
    expect(begun().slice(4)).toEqual([[5, 6], [7]]);
  });
});
