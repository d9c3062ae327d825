import type { StorageOption, TokenStorage } from '../../src/client/latchkey-client.js';
import { CREDENTIALS, FakeService, USER } from './support/fake-service.js';

const full = () => {
  throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
};
const forbidden = () => {
  throw new DOMException('Access is denied for this document.', 'SecurityError');
};

/** What a browser keeps while pages come and go. */
class Kept implements TokenStorage {
  readonly entries = new Map<string, string>();
  write = (key: string, value: string): unknown => this.entries.set(key, value);
  getItem = (key: string) => this.entries.get(key) ?? null;
  setItem = (key: string, value: string) => this.write(key, value);
  removeItem?(key: string): unknown;
}

let service: FakeService;
const warnings: unknown[][] = [];
const { warn } = console;
beforeEach(() => {
  service = new FakeService();
  warnings.length = 0;
  console.warn = (...warning: unknown[]) => void warnings.push(warning);
});
afterEach(() => {
  service.end();
  console.warn = warn;
});

/** Logs in, refreshes and makes a request, and expects that all of it works. */
async function expectToWork(storage: StorageOption): Promise<void> {
  const { client, ended } = service.client({ storage });
  await client.login(CREDENTIALS);
  for (let round = 0; round < 3; round++) {
    expect(await client.refresh()).toBe(true);
    expect((await client.fetch('x')).status).toBe(200);
    expect(await client.getUser()).toEqual(USER);
  }
  expect(service.reused).toBe(false);
  expect(ended).toEqual([]);
  await client.logout();
  expect(await client.getUser()).toBeNull();
}

describe('a storage that fails', () => {
  it.each<[string, StorageOption]>([
    ['is full', { getItem: () => null, setItem: full }],
    ['rejects later', { getItem: async () => null, setItem: async () => full() }],
    ['may not be read', { getItem: forbidden, setItem: () => undefined }],
    ['may be neither read nor written', { getItem: forbidden, setItem: forbidden, removeItem: forbidden }],
    ['rejects reads', { getItem: () => Promise.reject(new Error('no')), setItem: () => undefined }],
    ['may not be accessed', forbidden],
    ['is not there', () => null],
    ['has no text', { getItem: () => undefined as unknown as null, setItem: () => undefined }],
    ['has a text that is no JSON', { getItem: () => '{"version":', setItem: () => undefined }],
    ['has another object', { getItem: () => '{"version":"9999999999999"}', setItem: () => undefined }],
    ['has a version after which there is none', { getItem: () => '{"version":1e308}', setItem: full }],
    ['has a token that is no text', { getItem: () => '{"version":9e14,"refreshToken":5}', setItem: full }],
    ['returns an object', { getItem: () => ({}) as unknown as null, setItem: () => undefined }],
  ])('does no harm when it %s', (_, storage) => expectToWork(storage));

  it('does no harm when it never answers, and is waited for only once', async () => {
    const never = () => new Promise<never>(() => {});
    const began = performance.now();
    await expectToWork({ getItem: never, setItem: never });
    expect(performance.now() - began).toBeLessThan(6_000);
  });

  it('never brings an old token back, although it can still be read', async () => {
    const storage = new Kept();
    const { client } = service.client({ storage });
    await client.login(CREDENTIALS);
    storage.write = full;
    storage.removeItem = full;
    for (let round = 0; round < 3; round++) expect(await client.refresh()).toBe(true);
    expect(service.reused).toBe(false);
  });

  it('is not asked by other tabs for what one of them knows better', async () => {
    const storage = new Kept();
    const first = service.client({ storage });
    await first.client.login(CREDENTIALS);
    const second = service.client({ storage });
    expect(await second.client.getUser()).toEqual(USER);
    storage.write = full;
    storage.removeItem = full;
    expect(await first.client.refresh()).toBe(true);
    expect(await second.client.refresh()).toBe(true);
    const third = service.client({ storage });
    expect(await third.client.refresh()).toBe(true);
    expect(service.reused).toBe(false);
  });

  it.each([
    ['is deleted', (kept: Kept) => (kept.removeItem = (key) => kept.entries.delete(key))],
    ['is overwritten with nothing where it cannot be deleted', () => undefined],
  ])('an old token that cannot be replaced %s: the next page does not send it', async (_, prepare) => {
    const storage = new Kept();
    prepare(storage);
    const { client } = service.client({ storage });
    await client.login(CREDENTIALS);
    storage.write = (key, value) => (value.length > 10 ? full() : storage.entries.set(key, value));
    expect(await client.refresh()).toBe(true);
    client.close();

    const next = service.client({ storage });
    expect(await next.client.getUser()).toBeNull();
    expect(await next.client.refresh()).toBe(false);
    expect(service.reused).toBe(false);
  });

  it('is used again as soon as it works', async () => {
    const storage = new Kept();
    const { client } = service.client({ storage });
    storage.write = full;
    await client.login(CREDENTIALS);
    storage.write = (key, value) => storage.entries.set(key, value);
    await client.refresh();
    client.close();
    expect(await service.client({ storage }).client.getUser()).toEqual(USER);
  });

  it('is reported once, without tokens', async () => {
    const { client } = service.client({ storage: { getItem: () => null, setItem: full } });
    await client.login(CREDENTIALS);
    await client.refresh();
    expect(warnings).toEqual([['Latchkey cannot write to its storage.', expect.any(DOMException)]]);
  });
});

it('a storage may be given as a function, which is not called before it is needed', async () => {
  const storage = new Kept();
  let calls = 0;
  const lazy = () => ((calls += 1), storage);
  const { client } = service.client({ storage: lazy });
  expect(calls).toBe(0);
  await client.login(CREDENTIALS);
  client.close();
  expect(await service.client({ storage: lazy }).client.getUser()).toEqual(USER);
});
