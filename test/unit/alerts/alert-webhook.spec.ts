import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { AlertWebhook, type AlertWebhookSettings } from '../../../src/alerts/alert-webhook.js';
import { checkAuthOptions } from '../../../src/index.js';
import type { EventOrigin } from '../../../src/events/auth-event.js';
import { AuthEvents } from '../../../src/events/auth-events.js';
import { until } from '../../support/until.js';

const SECRET = 'a secret of the receiver and us!';

interface Received {
  headers: IncomingHttpHeaders;
  body: string;
  path: string;
}

/** A receiver with prepared answers. */
async function startReceiver(answer: (response: ServerResponse, count: number) => void) {
  const received: Received[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received.push({ headers: request.headers, body, path: request.url! });
      answer(response, received.length);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { received, port, url: `http://127.0.0.1:${port}/hook`, close };
}

describe('the webhook for alerts', () => {
  const open: { close(): Promise<unknown> }[] = [];
  let warnings: string[];
  beforeEach(() => (warnings = []));
  afterEach(async () => {
    await Promise.all(open.splice(0).map((each) => each.close()));
  });

  async function receiver(answer: (response: ServerResponse, count: number) => void) {
    const started = await startReceiver(answer);
    open.push(started);
    return started;
  }

  function connect(settings: Partial<AlertWebhookSettings> & { url: string }) {
    const events = new AuthEvents(Date.now, () => undefined);
    const webhook = new AlertWebhook(
      events,
      { secret: [SECRET], allowPrivateAddresses: true, backoff: [1, 1, 1], ...settings },
      (line) => void warnings.push(line),
    );
    open.unshift({ close: () => webhook.onModuleDestroy() });
    const alert = (more: EventOrigin = {}) =>
      events.emit({ type: 'alert', rule: 'new-device', userId: 'u1', ip: '192.0.2.1', ...more });
    return Object.assign(alert, { webhook });
  }

  const ok = (response: ServerResponse) => void response.writeHead(204).end();

  it('posts an alert as JSON, signed over the time and the body', async () => {
    const { received, url } = await receiver(ok);
    connect({ url })();
    await until(() => received.length === 1);
    const [{ headers, body, path }] = received as [Received];
    expect(path).toBe('/hook');
    expect(JSON.parse(body)).toEqual({
      id: expect.any(String),
      type: 'alert',
      at: expect.stringMatching(/Z$/),
      rule: 'new-device',
      userId: 'u1',
      ip: '192.0.2.1',
    });
    const signature = String(headers['x-latchkey-signature']);
    const [, time, digest] = /^t=(\d+),v1=([\da-f]{64})$/.exec(signature)!;
    expect(Math.abs(Date.now() / 1000 - Number(time))).toBeLessThan(30);
    expect(digest).toBe(createHmac('sha256', SECRET).update(`${time}.${body}`).digest('hex'));
    expect(headers['content-type']).toBe('application/json');
    expect(warnings).toEqual([]);
  });

  it('continues the trace of the request that caused the alert, in headers only', async () => {
    const { received, url } = await receiver(
      (response, count) => void response.writeHead(count === 1 ? 503 : 204).end(),
    );
    const alert = connect({ url });
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    alert({ traceparent, tracestate: 'vendor=1' });
    alert({ traceparent });
    alert();
    await until(() => received.length === 4);
    const headers = received.map(({ headers }) => [headers.traceparent, headers.tracestate]);
    expect(headers).toEqual([
      [traceparent, 'vendor=1'],
      [traceparent, 'vendor=1'], // the retry
      [traceparent, undefined],
      [undefined, undefined],
    ]);
    for (const { body } of received) expect(body).not.toMatch(/trace/);
  });

  it('counts what was delivered, what failed and what was dropped', async () => {
    const { received, url } = await receiver((response, count) =>
      setTimeout(() => void response.writeHead(count === 1 ? 400 : 204).end(), 20),
    );
    const alert = connect({ url, capacity: 2 });
    for (let i = 0; i < 5; i++) alert();
    await until(() => received.length === 3 && alert.webhook.counts.delivered === 2);
    expect(alert.webhook.counts).toEqual({ delivered: 2, failed: 1, dropped: 2 });
  });

  it('says how many alerts were waiting when the app stopped', async () => {
    const { received, url } = await receiver(() => undefined);
    const alert = connect({ url });
    for (let i = 0; i < 4; i++) alert();
    await until(() => received.length === 1);
    await alert.webhook.onModuleDestroy();
    expect(alert.webhook.counts).toEqual({ delivered: 0, failed: 1, dropped: 3 });
    expect(warnings).toEqual([
      expect.stringContaining('could not be sent'),
      '3 alerts were not sent to the webhook: the app is stopping',
    ]);
  });

  it('is signed with each of several secrets, so that the receiver can change over at any time', async () => {
    const { received, url } = await receiver(ok);
    const secrets = ['another secret of the receiver', SECRET];
    connect({ url, secret: secrets })();
    await until(() => received.length === 1);
    const [{ headers, body }] = received as [Received];
    const [time, ...signatures] = String(headers['x-latchkey-signature']).split(',');
    const sign = (secret: string) =>
      createHmac('sha256', secret)
        .update(`${time!.slice(2)}.${body}`)
        .digest('hex');
    expect(signatures).toEqual(secrets.map((secret) => `v1=${sign(secret)}`));
  });

  it('retries three times, then gives up with a warning', async () => {
    const { received, url } = await receiver((response) => void response.writeHead(500).end());
    connect({ url })();
    await until(() => warnings.length > 0);
    expect(received).toHaveLength(4);
    expect(warnings).toEqual(['The alert new-device could not be sent to the webhook: it answered 500']);
  });

  it('is done once a retry succeeds, which sends the same alert', async () => {
    const { received, url } = await receiver(
      (response, count) => void response.writeHead(count < 3 ? 503 : 200).end('thanks'),
    );
    connect({ url })();
    await until(() => received.length === 3);
    expect(new Set(received.map(({ body }) => JSON.parse(body).id)).size).toBe(1);
    expect(warnings).toEqual([]);
  });

  it('follows no redirect', async () => {
    const elsewhere = await receiver(ok);
    const { received, url } = await receiver(
      (response) => void response.writeHead(307, { location: elsewhere.url }).end(),
    );
    connect({ url })();
    await until(() => warnings.length > 0);
    expect([received.length, elsewhere.received.length]).toEqual([1, 0]);
    expect(warnings).toEqual(['The alert new-device could not be sent to the webhook: it answered 307']);
  });

  it('waits for an answer no longer than its limit', async () => {
    const { received, url } = await receiver(() => undefined);
    connect({ url, timeoutMs: 50, backoff: [] })();
    await until(() => warnings.length > 0);
    expect(received).toHaveLength(1);
    expect(warnings).toEqual(['The alert new-device could not be sent to the webhook: no answer in time']);
  });

  it('drops alerts beyond the number it can send, and logs how many', async () => {
    const { received, url } = await receiver((response) => setTimeout(() => ok(response), 20));
    const alert = connect({ url, capacity: 2 });
    for (let i = 0; i < 10; i++) alert();
    await until(() => warnings.length > 0 && received.length === 3);
    expect(warnings).toEqual(['7 alerts were not sent to the webhook: too many at the same time']);
  });

  it.each([
    ['an address of this machine', (port: number) => `https://127.0.0.1:${port}/`],
    ['the same, in another notation', (port: number) => `https://0x7f.1:${port}/`],
    ['the same, in IPv6', (port: number) => `https://[::1]:${port}/`],
    ['the same, mapped', (port: number) => `https://[::ffff:127.0.0.1]:${port}/`],
    ['a name that leads to it', (port: number) => `https://localhost:${port}/`],
    ['a private network', (port: number) => `https://10.0.0.1:${port}/`],
    ["a cloud's metadata service", () => 'https://169.254.169.254/latest'],
    ['http', (port: number) => `http://127.0.0.1:${port}/`],
  ])('refuses %s, without a retry', async (_, address) => {
    const { received, port } = await receiver(ok);
    connect({ url: address(port), allowPrivateAddresses: false })();
    await until(() => warnings.length > 0);
    expect(received).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(/could not be sent.*the address \S+ is not allowed$/)]);
  });

  it('if private addresses are allowed, http still works only for this machine', async () => {
    connect({ url: 'http://10.0.0.1/' })();
    await until(() => warnings.length > 0);
    expect(warnings[0]).toContain('the address 10.0.0.1 is not allowed');
    const { received, port } = await receiver(ok);
    connect({ url: `http://localhost:${port}/hook` })();
    await until(() => received.length === 1);
  });

  it.each([
    ['http://example.com/hook', false],
    ['ftp://example.com/hook', true],
    ['https://user:password@example.com/hook', true],
    ['example.com', true],
  ])('%s is refused at startup', (url, allowPrivateAddresses) => {
    const jwt = { accessSecret: 'access '.repeat(8), refreshSecret: 'refresh '.repeat(8) };
    const options = (webhook: object) => ({ jwt, alerts: { webhook: webhook as never } });
    expect(() => checkAuthOptions(options({ url, secret: SECRET, allowPrivateAddresses }))).toThrow(
      /alerts\.webhook\.url/,
    );
    expect(() => checkAuthOptions(options({ url: 'https://example.com/hook', secret: 'short' }))).toThrow(
      /alerts\.webhook\.secret is 5 bytes long, .* at least 32/,
    );
    expect(() =>
      checkAuthOptions(options({ url: 'https://example.com/hook', secret: SECRET })),
    ).not.toThrow();
  });
});
