import { FairQueue } from '../../../src/users/fair-queue.js';
import type { Priority } from '../../../src/users/password-hasher.js';

/** A queue with one place, which is taken until `go` is called. */
function busyQueue(maxWaiting: number) {
  const queue = new FairQueue(1, maxWaiting);
  const done: string[] = [];
  const refused: string[] = [];
  let go = () => {};
  const first = queue.run(() => new Promise<void>((resolve) => (go = resolve)));
  const all: Promise<unknown>[] = [first];
  const add = (name: string, priority: Priority = 'normal', source = name.slice(0, 1)) => {
    const task = queue.run(async () => void done.push(name), { source, priority });
    all.push(task.catch(() => refused.push(name)));
  };
  const finish = async () => {
    await new Promise(setImmediate); // `refused` is complete
    refused.sort();
    go();
    await Promise.all(all);
    expect([queue.active, queue.waiting]).toEqual([0, 0]);
    return { done, refused };
  };
  return { add, finish };
}

describe('the queue of password hashes', () => {
  it('lets sources take turns', async () => {
    const { add, finish } = busyQueue(10);
    for (const name of ['a1', 'a2', 'a3', 'b1', 'c1', 'b2']) add(name);
    expect((await finish()).done).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
  });

  it('when full, refuses the newest of the source that has the most', async () => {
    const { add, finish } = busyQueue(4);
    for (const name of ['a1', 'a2', 'a3', 'a4', 'a5', 'b1', 'b2', 'b3', 'c1']) add(name);
    expect(await finish()).toEqual({
      done: ['a1', 'b1', 'c1', 'b2'],
      refused: ['a2', 'a3', 'a4', 'a5', 'b3'],
    });
  });

  it('refuses somebody new when every source has one turn', async () => {
    const { add, finish } = busyQueue(4);
    for (const name of ['a1', 'b1', 'c1', 'd1', 'e1']) add(name);
    expect((await finish()).refused).toEqual(['e1']);
  });

  it('keeps room for those without failures, and more for those who have logged in before', async () => {
    const { add, finish } = busyQueue(4);
    for (const name of ['a', 'b', 'c', 'd', 'e']) add(`${name} low`, 'low');
    for (const name of ['f', 'g']) add(`${name} normal`);
    for (const name of ['h', 'i']) add(`${name} high`, 'high');
    expect((await finish()).refused).toEqual(['d low', 'e low', 'g normal', 'i high']);
  });

  it('serves high priority every other time', async () => {
    const { add, finish } = busyQueue(8);
    for (const name of ['a', 'b', 'c']) add(name);
    for (const name of ['x', 'y', 'z']) add(name, 'high');
    expect((await finish()).done).toEqual(['x', 'a', 'y', 'b', 'z', 'c']);
  });

  it('lets nobody give way to a lower priority', async () => {
    const { add, finish } = busyQueue(4);
    for (const name of ['a1', 'a2', 'a3', 'a4', 'a5']) add(name, 'high');
    add('b1', 'low');
    expect((await finish()).refused).toEqual(['b1']);
  });

  it('goes on after a task that fails', async () => {
    const queue = new FairQueue(1, 4);
    const failing = queue.run(() => Promise.reject(new Error('no')));
    const next = queue.run(async () => 'done');
    await expect(failing).rejects.toThrow('no');
    expect([await next, queue.active]).toEqual(['done', 0]);
  });
});
