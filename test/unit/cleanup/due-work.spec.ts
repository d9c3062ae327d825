import { doWhatIsDue } from '../../../src/cleanup/due-work.js';
import { UnavailableError } from '../../../src/errors/auth-errors.js';

/** What is due, in order. What is done is no longer listed. */
function workOn(due: string[], outcome: (id: string) => boolean | Error = () => true) {
  const failures: string[] = [];
  const tried: string[] = [];
  return {
    due,
    failures,
    tried,
    list: async (limit: number) => due.slice(0, limit),
    async do(id: string) {
      tried.push(id);
      const result = outcome(id);
      if (result instanceof Error) throw result;
      if (result) due.splice(due.indexOf(id), 1);
      return result;
    },
    failed: (id: string, { message }: Error) => void failures.push(`${id}: ${message}`),
  };
}
const ids = (count: number) => Array.from({ length: count }, (_, n) => `number ${n}`);

describe('what is due', () => {
  it('is done until nothing is left, in batches', async () => {
    const work = workOn(ids(120));
    expect(await doWhatIsDue(work, 1_000)).toBe(120);
    expect(work.due).toEqual([]);
  });

  it('is done up to the limit', async () => {
    const work = workOn(ids(120));
    expect(await doWhatIsDue(work, 60)).toBe(60);
    expect(work.due).toHaveLength(60);
  });

  it('is tried once if it fails, and keeps nothing else', async () => {
    const work = workOn(ids(70), (id) => (id === 'number 3' ? new Error('no') : true));
    expect(await doWhatIsDue(work, 1_000)).toBe(69);
    expect([work.due, work.failures]).toEqual([['number 3'], ['number 3: no']]);
  });

  it('is tried once if it is no longer due but still listed', async () => {
    const work = workOn(ids(70), (id) => id !== 'number 3');
    expect(await doWhatIsDue(work, 1_000)).toBe(69);
    expect(work.tried.filter((id) => id === 'number 3')).toHaveLength(1);
    expect(work.failures).toEqual([]);
  });

  it('waits for the next run if the database is away', async () => {
    const work = workOn(ids(3), (id) => (id === 'number 1' ? new UnavailableError() : true));
    await expect(doWhatIsDue(work, 1_000)).rejects.toBeInstanceOf(UnavailableError);
    expect([work.due, work.failures]).toEqual([['number 1', 'number 2'], []]);
  });
});
