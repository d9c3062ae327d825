import type { SecurityNotice } from '../../../src/mail/mail-data.js';
import { FactorChanges } from '../../../src/mfa/factor-changes.js';
import { RecoveryCodes } from '../../../src/mfa/recovery-codes.js';
import { CLIENT, type InMemoryApp, startInMemoryApp } from '../../support/in-memory-app.js';

let host: InMemoryApp;
let changes: FactorChanges;
beforeAll(async () => {
  host = await startInMemoryApp();
  changes = host.app.get(FactorChanges);
});
afterAll(() => host?.close());

type User = Awaited<ReturnType<InMemoryApp['register']>>;
const weak = ({ id, sessionId }: User) => ({ id, sessionId });
const strong = (user: User) => ({ ...weak(user), acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] });

const add = (user: User, name?: string | null, client?: object) => host.addTotp(weak(user), name, client);
const noticesTo = ({ email }: User) =>
  host.mailsTo(email).flatMap((mail) => (mail.template === 'security-notice' ? [mail.data] : []));
const told = (notice: SecurityNotice, what?: string) => ({
  name: 'Ada',
  notice,
  ...(what !== undefined && { what }),
  ip: CLIENT.ip,
  at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  device: 'Firefox on Linux',
});

describe('the first factor', () => {
  it('raises its session, ends the others, comes with codes, and is told to the owner', async () => {
    const user = await host.register();
    await host.startSession(user.id);
    const added = await add(user);
    expect(added.recoveryCodes).toHaveLength(10);
    expect(await host.sessionsOf(user.id)).toEqual([user.sessionId]);
    expect(await host.levelOf(user)).toEqual({ acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] });
    expect(noticesTo(user)).toEqual([told('factor-added', 'Phone')]);
    expect(host.mailsTo(user.email).at(-1)).toMatchObject({ userId: user.id });
    const about = { ...CLIENT, userId: user.id };
    expect(host.eventsOf('factor-added', user.id)).toMatchObject([
      { kind: 'totp', ...about, sessionId: user.sessionId },
    ]);
    expect(host.eventsOf('session-ended', user.id)).toMatchObject([{ reason: 'factors-changed', ...about }]);
  });

  it('without a name and of an unknown client, is told without them', async () => {
    const user = await host.register();
    await add(user, null, {});
    expect(noticesTo(user)).toStrictEqual([{ name: 'Ada', notice: 'factor-added', at: expect.any(String) }]);
  });

  it('ends what was requested by mail before', async () => {
    const user = await host.register();
    const { epoch } = await host.states.of(user.id);
    await add(user);
    expect((await host.states.of(user.id)).epoch).toBe(epoch + 1);
  });
});

describe('another factor', () => {
  it('ends no session, brings no codes, and needs the first one, as all further changes do', async () => {
    const user = await host.register();
    const first = await add(user);
    const other = await host.startSession(user.id);
    const enough = expect.objectContaining({ code: 'STEP_UP_REQUIRED' });
    await expect(add(user)).rejects.toEqual(enough);
    await expect(changes.remove(weak(user), first.id)).rejects.toEqual(enough);
    await expect(changes.renewRecoveryCodes(weak(user))).rejects.toEqual(enough);
    expect(await host.sessionsOf(user.id)).toContain(other);
    expect(await changes.listOf(user.id)).toHaveLength(2);
    host.clock.advance('30s');
    const second = await host.addTotp(strong(user), 'Tablet');
    expect(second.recoveryCodes).toEqual([]);
    expect(await host.sessionsOf(user.id)).toEqual(expect.arrayContaining([user.sessionId, other]));
    const list = await changes.listOf(user.id);
    expect(list.map(({ kind }) => kind)).toEqual(['totp', 'recovery-codes', 'totp']);
    expect(list.map(({ id }) => id)).toEqual([first.id, expect.any(String), second.id]);
  });

  it('cannot be added without a session', async () => {
    const user = await host.register();
    await add(user);
    const write = async () => true;
    const factor = {
      name: null,
      proof: { kind: 'totp', factorId: 'any', acr: 'mfa', amr: ['otp'] },
    } as const;
    await expect(changes.add({ id: user.id }, factor, write)).rejects.toMatchObject({
      code: 'ACTION_TOKEN_INVALID',
    });
  });

  it('that can no longer be written is neither told nor recorded', async () => {
    const user = await host.register();
    const factor = {
      name: null,
      proof: { kind: 'totp', factorId: 'any', acr: 'mfa', amr: ['otp'] },
    } as const;
    const { epoch } = await host.states.of(user.id);
    expect(await changes.add(weak(user), factor, async () => false)).toBeNull();
    expect(await host.levelOf(user)).toEqual({ acr: 'pwd', amr: ['pwd'] });
    expect(noticesTo(user)).toEqual([]);
    expect(host.eventsOf('factor-added', user.id)).toEqual([]);
    expect(await host.states.of(user.id)).toMatchObject({ epoch });
    expect(await changes.listOf(user.id)).toEqual([]);
  });
});

describe('the removal of a factor', () => {
  it('ends the other sessions, lowers its own, and is told; with the last one, the codes go', async () => {
    const user = await host.register();
    const { id } = await add(user);
    await host.levelOf(user);
    host.clock.advance('30s');
    const { id: second } = await host.addTotp(strong(user), 'Tablet');
    await host.startSession(user.id);
    expect(await changes.remove(strong(user), id, CLIENT)).toBe(true);
    expect(await host.sessionsOf(user.id)).toEqual([user.sessionId]);
    expect(await host.levelOf(user)).toEqual({ acr: 'pwd', amr: ['pwd'] });
    expect((await changes.listOf(user.id)).map(({ kind }) => kind)).toEqual(['recovery-codes', 'totp']);
    expect(noticesTo(user).at(-1)).toEqual(told('factor-removed', 'Phone'));
    const about = { kind: 'totp', ...CLIENT, userId: user.id, sessionId: user.sessionId };
    expect(host.eventsOf('factor-removed', user.id)).toMatchObject([about]);
    expect(await changes.remove(strong(user), second)).toBe(true);
    expect(await changes.listOf(user.id)).toEqual([]);
  });

  it('of one that the user does not have changes nothing', async () => {
    const user = await host.register();
    await add(user);
    const stranger = await add(await host.register());
    const other = await host.startSession(user.id);
    expect(await changes.remove(strong(user), stranger.id, CLIENT)).toBe(false);
    expect(await host.sessionsOf(user.id)).toEqual(expect.arrayContaining([user.sessionId, other]));
    expect(host.eventsOf('factor-removed', user.id)).toEqual([]);
    expect(noticesTo(user)).toHaveLength(1);
  });

  it('must leave a way to log in, which recovery codes are not', async () => {
    const user = await host.register();
    const { id } = await add(user);
    host.users.put({ ...(await host.users.findById(user.id))!, passwordHash: null });
    const last = expect.objectContaining({ code: 'LAST_SIGN_IN_METHOD' });
    await expect(changes.remove(strong(user), id)).rejects.toEqual(last);
    const codes = (await changes.listOf(user.id)).find(({ kind }) => kind === 'recovery-codes')!;
    expect(await changes.remove(strong(user), codes.id)).toBe(true);
    expect((await changes.listOf(user.id)).map(({ kind }) => kind)).toEqual(['totp']);
    expect(host.eventsOf('factor-removed', user.id)).toMatchObject([{ kind: 'recovery-codes' }]);
  });
});

describe('new recovery codes', () => {
  it('replace the old ones, end the other sessions, lower their own, and are told', async () => {
    const user = await host.register();
    const { recoveryCodes: old } = await add(user);
    await host.startSession(user.id);
    const codes = (await changes.renewRecoveryCodes(strong(user), CLIENT))!;
    expect(new Set([...codes, ...old!]).size).toBe(20);
    expect(await host.sessionsOf(user.id)).toEqual([user.sessionId]);
    expect(await host.levelOf(user)).toEqual({ acr: 'pwd', amr: ['pwd'] });
    expect(noticesTo(user).at(-1)).toEqual(told('recovery-codes-renewed'));
    const about = { ...CLIENT, userId: user.id, sessionId: user.sessionId };
    expect(host.eventsOf('recovery-codes-renewed', user.id)).toMatchObject([about]);
    const kind = host.app.get(RecoveryCodes);
    expect(await kind.verify(user.id, { recoveryCode: old![0]! })).toBeNull();
    expect(await kind.verify(user.id, { recoveryCode: codes[0]! })).toMatchObject({ acr: 'mfa' });
  });

  it('are for nobody without a factor', async () => {
    const user = await host.register();
    const other = await host.startSession(user.id);
    expect(await changes.renewRecoveryCodes(weak(user), CLIENT)).toBeNull();
    expect(await host.sessionsOf(user.id)).toEqual(expect.arrayContaining([user.sessionId, other]));
    expect(host.eventsOf('recovery-codes-renewed', user.id)).toEqual([]);
  });
});
