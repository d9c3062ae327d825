import { CREDENTIALS, FakeService } from './support/fake-service.js';
import { FakeTabs } from './support/fake-tabs.js';

describe('tabs whose messages are late', () => {
  const tabs = new FakeTabs();
  beforeAll(() => tabs.install());
  afterAll(() => tabs.uninstall());

  it.each([
    ['a little', 50],
    ['longer than a tab waits for an answer', 600],
  ])('refresh once when it is %s: %d ms', async (_, lateMs) => {
    const service = new FakeService();
    const all = Array.from({ length: 5 }, () => service.client().client);
    await all[0]!.login(CREDENTIALS);
    for (const client of all) expect(await client.getUser()).not.toBeNull();
    // What tells of a change takes its time; questions and the answers of tabs that have not heard of it are quick.
    tabs.delay = ({ isNew }) => (isNew ? lateMs : 0);
    for (let round = 1; round <= 2; round++) {
      expect(await Promise.all(all.map((client) => client.refresh()))).toEqual(all.map(() => true));
      expect(service.seen.filter((path) => path === '/auth/refresh')).toHaveLength(round);
    }
    expect(service.reused).toBe(false);
    service.end();
    tabs.delay = () => 0;
  });

  it('do not wait for long for a tab that is closed', async () => {
    const service = new FakeService();
    const [first, second] = [service.client().client, service.client().client];
    await first.login(CREDENTIALS);
    expect(await second.getUser()).not.toBeNull();
    await first.refresh();
    first.close();
    const began = performance.now();
    expect(await second.refresh()).toBe(true);
    expect(performance.now() - began).toBeLessThan(1_000);
    service.end();
  });

  it('answer at once when they know as much: two idle tabs do not slow a refresh down', async () => {
    const service = new FakeService();
    const all = [service.client().client, service.client().client];
    await all[0]!.login(CREDENTIALS);
    expect(await all[1]!.getUser()).not.toBeNull();
    const began = performance.now();
    for (const client of all) expect(await client.refresh()).toBe(true);
    expect(performance.now() - began).toBeLessThan(250);
    service.end();
  });

  it('hold no lock for long, which would keep a page out of the cache for "back"', async () => {
    const service = new FakeService();
    const { client } = service.client();
    await client.login(CREDENTIALS);
    expect(tabs.heldLocks()).toHaveLength(1);
    client.close();
    await Promise.resolve();
    expect(tabs.heldLocks()).toEqual([]);
  });
});
