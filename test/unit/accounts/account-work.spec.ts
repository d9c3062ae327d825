import { InMemoryAccountRecords } from '../../../src/actions/in-memory-account-records.js';
import { AccountWork } from '../../../src/accounts/account-work.js';
import { InMemorySessionStore } from '../../../src/sessions/in-memory-session.store.js';
import { InMemoryUserStore } from '../../../src/users/in-memory-user.store.js';
import { SESSION_LIMITS } from '../../support/session-limits.js';

describe('changes of accounts in a user store of the host', () => {
  let work: AccountWork;
  let done: string[];
  beforeEach(() => {
    const sessions = new InMemorySessionStore(SESSION_LIMITS);
    work = new AccountWork(
      new InMemoryAccountRecords(),
      new InMemoryUserStore(),
      undefined,
      sessions,
      undefined,
      undefined,
    );
    done = [];
  });
  /** Changes `first`, which takes longer than to change `second`. */
  async function changeBoth(first: string | null, second: string | null): Promise<string[]> {
    const later = new Promise(setImmediate);
    await Promise.all([
      work.change(first, async () => {
        await later;
        done.push('first');
      }),
      work.change(second, async () => void done.push('second')),
    ]);
    return done;
  }

  it('come one after the other for one account', async () => {
    expect(await changeBoth('ada', 'ada')).toEqual(['first', 'second']);
  });

  it('wait neither for those of others nor, for a new account, for other new ones', async () => {
    expect(await changeBoth('ada', 'bob')).toEqual(['second', 'first']);
    done = [];
    expect(await changeBoth(null, null)).toEqual(['second', 'first']);
  });
});
