import { AccountAdmin } from '../../../src/index.js';
import { type InMemoryApp, PASSWORD, startInMemoryApp } from '../../support/in-memory-app.js';

let host: InMemoryApp;
let admin: AccountAdmin;
beforeEach(async () => {
  host = await startInMemoryApp({ accountProtection: {} });
  admin = host.app.get(AccountAdmin);
});
afterEach(() => host?.close());

const login = (email: string, password = PASSWORD) => host.auth.login({ email, password });
const invalid = (field: string, message: string) => ({
  code: 'VALIDATION_FAILED',
  details: [{ field, message }],
});
async function failures(email: string, count = 6) {
  for (let n = 0; n < count; n++) await login(email, 'wrong').catch(() => undefined);
}

describe('a list of accounts', () => {
  it.each([0, 201, 1.5, Number.NaN])('has no pages of %s accounts', async (limit) => {
    const message = 'limit must be a whole number from 1 to 200';
    await expect(admin.list({ limit })).rejects.toMatchObject(invalid('limit', message));
  });

  it.each(['a\nb', '\ud800'])('is not searched for %j', async (email) => {
    const message = 'email must be text without control characters';
    await expect(admin.list({ email })).rejects.toMatchObject(invalid('email', message));
  });

  it.each([
    ['no cursor', {}],
    ['', { locked: true }],
    ['a\u0000b', { locked: true }],
  ])('does not go on after %j', async (place, query) => {
    const cursor = Buffer.from(place).toString('base64url') || '=';
    const message = 'cursor must be the nextCursor of a page';
    await expect(admin.list({ cursor, ...query })).rejects.toMatchObject(invalid('cursor', message));
  });

  it('comes in pages, each after the last, and the last one says so', async () => {
    const emails: string[] = [];
    for (let n = 0; n < 4; n++) emails.push((await host.register()).email);
    const page = async (cursor?: string) => {
      const { items, nextCursor } = await admin.list({ limit: 2, ...(cursor && { cursor }) });
      return { emails: items.map(({ email }) => email), nextCursor };
    };
    const first = await page();
    expect(first).toEqual({ emails: emails.slice(0, 2), nextCursor: expect.any(String) });
    expect(await page(first.nextCursor!)).toEqual({ emails: emails.slice(2), nextCursor: null });
    expect((await admin.list({ limit: 1, email: emails[3]!.toUpperCase() })).items).toHaveLength(1);
    await host.users.setDisabled((await host.users.findByEmail(emails[0]!))!.id, true);
    expect((await admin.list({ disabled: true })).items).toMatchObject([{ email: emails[0] }]);
    expect((await admin.list({ disabled: false, limit: 200 })).items).toHaveLength(3);
  });

  it('of those who have to wait has only them, in pages too', async () => {
    const users = [await host.register(), await host.register(), await host.register()];
    const [ada, bob] = users as [(typeof users)[0], (typeof users)[0]];
    await failures(ada.email);
    await failures(bob.email);
    const first = await admin.list({ locked: true, limit: 1 });
    const second = await admin.list({ locked: true, limit: 1, cursor: first.nextCursor! });
    expect([...first.items, ...second.items].map(({ id }) => id).toSorted()).toEqual(
      [ada.id, bob.id].toSorted(),
    );
    expect(second.nextCursor).toBeNull();
    expect((await admin.list({ locked: true, email: bob.email })).items).toMatchObject([{ id: bob.id }]);
    await host.users.setDisabled(ada.id, true);
    expect((await admin.list({ locked: true, disabled: true })).items).toMatchObject([{ id: ada.id }]);
    expect((await admin.list({ locked: true, disabled: false })).items).toMatchObject([{ id: bob.id }]);
    // What was counted at an address is not of whoever has moved to another one.
    await host.users.replaceEmail(bob.id, bob.email, 'moved@example.com');
    expect((await admin.list({ locked: true, disabled: false })).items).toEqual([]);
  });

  it('of those who have to wait finds each of them, however many others there are', async () => {
    for (let n = 0; n < 4; n++) {
      const { email } = await host.register();
      await failures(email);
      expect((await admin.list({ locked: true, limit: 1, email })).items).toMatchObject([{ email }]);
    }
    const { items } = await admin.list({ locked: true });
    for (const { email } of items)
      expect((await admin.list({ locked: true, limit: 1, email })).items).toMatchObject([{ email }]);
  });
});
