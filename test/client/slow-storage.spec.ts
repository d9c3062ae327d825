import type { TokenStorage } from '../../src/client/latchkey-client.js';
import { until } from '../support/until.js';
import { CREDENTIALS, FakeService, USER } from './support/fake-service.js';

let service: FakeService;
const { warn } = console;
const warnings: unknown[][] = [];
beforeEach(() => {
  service = new FakeService();
  warnings.length = 0;
  console.warn = (...warning: unknown[]) => void warnings.push(warning);
});
afterEach(() => {
  service.end();
  console.warn = warn;
});

/** A storage of which single writes can be held back. */
class SlowStorage implements TokenStorage {
  readonly entries = new Map<string, string>();
  /** Writes that have been held back, in their order: `land` does the write, `fail` does not. */
  readonly held: { land(): void; fail(): void }[] = [];
  holds = 0;
  getItem = (key: string) => this.entries.get(key) ?? null;
  removeItem = (key: string): unknown => this.entries.delete(key);
  setItem = (key: string, value: string): unknown => {
    if (this.holds-- <= 0) return this.entries.set(key, value);
    return new Promise<void>((resolve, reject) => {
      const land = () => resolve(void this.entries.set(key, value));
      this.held.push({ land, fail: () => reject(new Error('the disk is gone')) });
    });
  };
  get stored() {
    const [text = 'null'] = this.entries.values();
    return JSON.parse(text || 'null') as { signedIn: boolean; refreshToken?: string } | null;
  }
}

/** What the next page makes of the storage. */
async function nextPage(storage: TokenStorage) {
  const { client } = service.client({ storage });
  const user = await client.getUser();
  await client.refresh();
  expect(service.reused).toBe(false);
  return user;
}

describe('a storage that is slow', () => {
  it('loses the replaced token when it does not answer in time: the next page does not send it', async () => {
    const storage = new SlowStorage();
    const { client } = service.client({ storage });
    await client.login(CREDENTIALS);
    storage.holds = 1;
    expect(await client.refresh()).toBe(true);
    expect(storage.stored).toBeNull();
    expect(warnings).toEqual([['Latchkey cannot write to its storage.', 'timeout']]);
    client.close();
    expect(await nextPage(storage)).toBeNull();
  });

  it('loses it even if an earlier call has already taken too long', async () => {
    const storage = new SlowStorage();
    const { client } = service.client({ storage });
    storage.holds = 1;
    await client.login(CREDENTIALS);
    storage.held[0]!.land();
    await until(() => storage.stored?.refreshToken === 'refresh 1');
    storage.holds = 1;
    expect(await client.refresh()).toBe(true);
    await until(() => storage.stored === null);
    client.close();
    expect(await nextPage(storage)).toBeNull();
  });

  it('has the newest tokens in the end, in whatever order its writes would land', async () => {
    const storage = new SlowStorage();
    const { client } = service.client({ storage });
    storage.holds = 1;
    await client.login(CREDENTIALS);
    for (let round = 0; round < 3; round++) expect(await client.refresh()).toBe(true);
    storage.held[0]!.land();
    await until(() => storage.stored?.refreshToken === 'refresh 4');
    client.close();
    expect(await nextPage(storage)).toEqual(USER);
  });

  it('has them although an earlier write fails late', async () => {
    const storage = new SlowStorage();
    const { client } = service.client({ storage });
    storage.holds = 1;
    await client.login(CREDENTIALS);
    expect(await client.refresh()).toBe(true);
    storage.held[0]!.fail();
    await until(() => storage.stored?.refreshToken === 'refresh 2');
    client.close();
    expect(await nextPage(storage)).toEqual(USER);
  });

  it('is written again when it was late, because what it had has been deleted', async () => {
    const storage = new SlowStorage();
    const { client } = service.client({ storage });
    storage.holds = 1;
    await client.login(CREDENTIALS);
    // A storage that does one thing after the other deletes after the write.
    storage.held[0]!.land();
    storage.entries.clear();
    await until(() => storage.stored?.refreshToken === 'refresh 1');
    client.close();
    expect(await nextPage(storage)).toEqual(USER);
  });

  it('does not store a login that has been logged out meanwhile', async () => {
    const storage = new SlowStorage();
    const { client } = service.client({ storage });
    storage.holds = 1;
    await client.login(CREDENTIALS);
    await client.logout();
    storage.held[0]!.land();
    await until(() => storage.stored?.signedIn === false);
    client.close();
    expect(await nextPage(storage)).toBeNull();
  });

  it('does not go back to what this tab was still writing when another tab was faster', async () => {
    const storage = new SlowStorage();
    const [slow, fast] = [service.client({ storage }).client, service.client({ storage }).client];
    storage.holds = 1;
    await slow.login(CREDENTIALS);
    expect(await fast.refresh()).toBe(true);
    expect(storage.stored?.refreshToken).toBe('refresh 2');
    await until(async () => (await slow.getAccessToken()) === 'access 2');
    storage.held[0]!.land();
    await until(() => storage.stored?.refreshToken === 'refresh 2');
    service.end();
    expect(await nextPage(storage)).toEqual(USER);
  });
});

describe('a storage that does not do what it says', () => {
  it('is given nothing to keep where it refuses to delete', async () => {
    const storage = new SlowStorage();
    const { client } = service.client({ storage });
    await client.login(CREDENTIALS);
    const write = storage.setItem;
    storage.setItem = (key, value) => {
      if (value) throw new Error('full');
      return write(key, value);
    };
    storage.removeItem = () => {
      throw new Error('It cannot delete.');
    };
    expect(await client.refresh()).toBe(true);
    client.close();
    expect(await nextPage(storage)).toBeNull();
  });

  it('is noticed when it ignores writes: the replaced token is deleted', async () => {
    const storage = new SlowStorage();
    const { client } = service.client({ storage });
    await client.login(CREDENTIALS);
    storage.setItem = () => undefined;
    expect(await client.refresh()).toBe(true);
    expect(storage.stored).toBeNull();
    expect(warnings).toEqual([['Latchkey cannot write to its storage.', expect.any(Error)]]);
    client.close();
    expect(await nextPage(storage)).toBeNull();
  });

  it.each([2 ** 52 - 2, 2 ** 52 - 1, 2 ** 53 - 1, Date.now() + 2 ** 42 + 60_000])(
    'keeps nobody from signing in with a version from the far future: %d',
    async (version) => {
      const storage = new SlowStorage();
      storage.getItem = (key) =>
        storage.entries.get(key) ?? JSON.stringify({ version, signedIn: true, refreshToken: 'planted' });
      const { client } = service.client({ storage });
      await client.login(CREDENTIALS);
      for (let round = 0; round < 3; round++) expect(await client.refresh()).toBe(true);
      expect(await client.getUser()).toEqual(USER);
      client.close();
      expect(await nextPage(storage)).toEqual(USER);
    },
  );
});
