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
  const add = (name: string, priority: Priority = 'normal', place = name.slice(0, 1)) => {
    const [source = '', ...networks] = place.split(' in ');
    const [narrow = source, wide = narrow] = networks;
    const applicant = { source, networks: [wide, narrow] as const, priority };
    const task = queue.run(
      async () => void done.push(name),
      networks.length ? applicant : { source, priority },
    );
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

  it('lets no network within its share give way to a lower priority', async () => {
    const { add, finish } = busyQueue(8);
    for (const name of ['a1', 'a2', 'b1', 'b2', 'c1', 'c2', 'd1', 'd2', 'e1', 'e2']) add(name, 'high');
    add('f1', 'low');
    expect((await finish()).refused).toEqual(['f1']);
  });

  it.each<[Priority, string[]]>([
    ['low', ['a10', 'a11', 'a9']],
    ['normal', ['a10', 'a11']], // there is room for it
    ['high', ['a10', 'a11', 'a9']],
  ])(
    'lets one network with many accounts give way to another, whose priority is %s',
    async (priority, refusals) => {
      const { add, finish } = busyQueue(8);
      for (let i = 0; i < 12; i++) add(`a${i}`, 'high', `user ${i} in one`);
      add('owner', priority, 'owner in other');
      const { done, refused } = await finish();
      expect(refused).toEqual(refusals);
      expect(done.indexOf('owner')).toBeLessThan(2);
    },
  );

  it('lets networks take turns, then their parts, then the sources', async () => {
    const { add, finish } = busyQueue(16);
    for (const narrow of ['x', 'y'])
      for (const i of [1, 2]) add(`${narrow}${i}`, 'high', `${i} in ${narrow} in a`);
    add('x1 again', 'high', '1 in x in a');
    add('b1', 'high', '1 in z in b');
    expect((await finish()).done).toEqual(['x1', 'b1', 'y1', 'x2', 'y2', 'x1 again']);
  });

  it('when full of one network, refuses the newest of the part that has the most', async () => {
    const { add, finish } = busyQueue(4);
    for (const i of [1, 2, 3]) add(`x${i}`, 'normal', 'x in x in a');
    add('y1', 'normal', 'y in y in a');
    add('z1', 'normal', 'z in z in a');
    add('w1', 'normal', 'w in w in a');
    expect((await finish()).refused).toEqual(['x2', 'x3']);
  });

  it('lets strangers give way before those of the same network who have logged in before', async () => {
    const { add, finish } = busyQueue(8);
    for (const i of [1, 2, 3]) add(`h${i}`, 'high', `user ${i} in office`);
    for (const i of [1, 2, 3, 4, 5]) add(`s${i}`, 'normal', 'office in office');
    add('other', 'normal', 'other in other');
    expect((await finish()).refused).toEqual(['s5']);
  });

  it('keeps a quarter of the room for those without failures, however many accounts log in from everywhere', async () => {
    const { add, finish } = busyQueue(8);
    for (const name of 'abcdefghijkl') add(`${name} high`, 'high');
    for (const name of 'xyz') add(name);
    expect((await finish()).refused).toEqual(['k high', 'l high', 'z']);
  });

  it('goes on after a task that fails', async () => {
    const queue = new FairQueue(1, 4);
    const failing = queue.run(() => Promise.reject(new Error('no')));
    const next = queue.run(async () => 'done');
    await expect(failing).rejects.toThrow('no');
    expect([await next, queue.active]).toEqual(['done', 0]);
  });
});
