import { AccountRecords } from '../../../src/actions/account-records.js';
import type { StepUpRequiredError } from '../../../src/errors/auth-errors.js';
import { type FactorOwner, OwnedAccounts } from '../../../src/mfa/owned-accounts.js';
import { Ownership, type Stake } from '../../../src/mfa/ownership.js';
import { SessionStore } from '../../../src/sessions/session-store.js';
import { type InMemoryApp, startInMemoryApp } from '../../support/in-memory-app.js';

let host: InMemoryApp;
let ownership: Ownership;
let accounts: OwnedAccounts;
beforeAll(async () => {
  host = await startInMemoryApp();
  ownership = host.app.get(Ownership);
  const records = host.app.get<AccountRecords>(AccountRecords);
  accounts = new OwnedAccounts(host.users, records, ownership, host.app.get<SessionStore>(SessionStore));
});
afterAll(() => host?.close());

const STEP_UP = {
  code: 'STEP_UP_REQUIRED',
  details: [
    { field: 'acr_values', message: 'mfa' },
    { field: 'max_age', message: '300' },
  ],
};

type Kind = 'no factor' | 'an app' | 'recovery codes alone' | 'a passkey' | 'a suspended passkey';
async function userWith(kind: Kind) {
  const user = await host.register();
  if (kind === 'an app') await host.addTotp(user);
  if (kind === 'a passkey') await host.addPasskey(user.id);
  if (kind === 'a suspended passkey') await host.addPasskey(user.id, { suspended: true });
  return user;
}

describe('what an owner must show', () => {
  it.each<[Stake, Kind, string]>([
    ['data', 'no factor', 'pwd'],
    ['account', 'no factor', 'pwd'],
    ['factors', 'no factor', 'pwd'],
    ['data', 'an app', 'mfa'],
    ['account', 'an app', 'mfa'],
    ['factors', 'an app', 'mfa'],
    ['account', 'a passkey', 'mfa'],
    ['data', 'a suspended passkey', 'pwd'],
    ['account', 'a suspended passkey', 'pwd'],
    ['factors', 'a suspended passkey', 'mfa'],
  ])('for the %s with %s is %s', async (stake, kind, needed) => {
    const { id } = await userWith(kind);
    const asked = (acr?: string) => ownership.assertOwner({ id, ...(acr && { acr }) }, stake);
    expect(await asked('phr')).toBe(needed);
    expect(await asked('mfa')).toBe(needed);
    const outcome = await asked().catch(({ code, details }: StepUpRequiredError) => ({ code, details }));
    expect(outcome).toEqual(needed === 'pwd' ? 'pwd' : STEP_UP);
  });

  it('after a recovery is a passkey, until that is over, but not for a copy of the data', async () => {
    const { id } = await userWith('an app');
    await host.states.brake(id, 60);
    const until = new Date(host.clock.now() + 60_000).toISOString();
    for (const stake of ['account', 'factors'] as const) {
      await expect(ownership.assertOwner({ id, acr: 'mfa' }, stake)).rejects.toMatchObject({
        code: 'STEP_UP_REQUIRED',
        message: `The account was recovered a short time ago: use a passkey to do this, or wait until ${until}.`,
        retryAfter: 60,
      });
      expect(await ownership.assertOwner({ id, acr: 'phr' }, stake)).toBe('phr');
    }
    expect(await ownership.assertOwner({ id, acr: 'mfa' }, 'data')).toBe('mfa');
    host.clock.advance('60s');
    expect(await ownership.assertOwner({ id, acr: 'mfa' }, 'account')).toBe('mfa');
  });
});

describe('a change of an owned account', () => {
  const change = async (owner: FactorOwner, result: 'done' | null = 'done') =>
    accounts.change(owner, await accounts.begin(owner), async () => result);

  it('raises the epoch, unless it changes nothing', async () => {
    const user = await host.register();
    expect(await change(user, null)).toBeNull();
    expect(await host.states.of(user.id)).toMatchObject({ epoch: 0 });
    expect(await change(user)).toBe('done');
    expect(await host.states.of(user.id)).toMatchObject({ epoch: 1 });
  });

  it('is refused to a session that has ended, and to an account that is disabled or deleted', async () => {
    const user = await host.register();
    await host.tokens.revokeSession(user.sessionId);
    await expect(change(user)).rejects.toMatchObject({ code: 'TOKEN_REVOKED' });
    const disabled = await host.register();
    await host.users.setDisabled(disabled.id, true);
    await expect(change(disabled)).rejects.toMatchObject({ code: 'INVALID_TOKEN' });
    await host.users.remove(disabled.id);
    await expect(change(disabled)).rejects.toMatchObject({ code: 'INVALID_TOKEN' });
  });

  it('is asked for again if the account has changed since it began', async () => {
    const user = await host.register();
    const begun = await accounts.begin(user);
    await host.states.raiseEpoch(user.id);
    expect(await accounts.change(user, begun, async () => 'done')).toBe('done');
    await host.tokens.revokeSession(user.sessionId);
    await expect(accounts.change(user, begun, async () => 'done')).rejects.toMatchObject({
      code: 'TOKEN_REVOKED',
    });
  });

  it('needs the second factor that was added since it began, and asks for the brakes of that moment', async () => {
    const user = await host.register();
    const begun = await accounts.begin(user);
    await host.addPasskey(user.id);
    const needed = expect.objectContaining({ code: 'STEP_UP_REQUIRED' });
    await expect(accounts.change(user, begun, async () => 'done')).rejects.toEqual(needed);
    const braked = await host.register();
    const before = await accounts.begin(braked);
    await host.states.brake(braked.id, 60);
    await expect(accounts.change(braked, before, async () => 'done')).rejects.toEqual(needed);
  });

  it('without a session needs what stands in its place to be good, and no passkey after a recovery', async () => {
    const { id } = await host.register();
    let isGood = true;
    const assertGood = async () => {
      if (!isGood) throw new Error('no longer good');
    };
    const begun = await accounts.begin({ id, assertGood });
    expect(await accounts.change({ id, assertGood }, begun, async () => 'done')).toBe('done');
    await host.states.brake(id, 60);
    expect(await change({ id, assertGood })).toBe('done');
    isGood = false;
    await expect(accounts.change({ id, assertGood }, begun, async () => 'done')).rejects.toThrow(
      'no longer good',
    );
  });
});
