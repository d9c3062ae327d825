import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, Server, type ServerResponse } from 'node:http';
import { context, type Context, trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import type { DataSource } from 'typeorm';
import { newEmail, PASSWORD } from '../support/client.js';
import { startHost } from '../support/host-app.js';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redis.js';
import { type ServiceHere, startServiceHere } from '../support/service-here.js';
import { productionSettings } from '../support/service-process.js';
import { until } from '../support/until.js';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';
const TRACEPARENT = `00-${TRACE_ID}-${CALLER}-01`;

const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });

beforeAll(() => provider.register());
afterAll(async () => {
  await provider.shutdown();
  trace.disable();
  context.disable();
});
beforeEach(() => exporter.reset());

const spans = () => exporter.getFinishedSpans();
const named = (name: string | RegExp) =>
  spans().filter((span) => (typeof name === 'string' ? span.name === name : name.test(span.name)));
const attributesOf = (span: ReadableSpan | undefined) => span?.attributes;
const parentOf = (span: ReadableSpan | undefined) => span?.parentSpanContext?.spanId;
const idOf = (span: ReadableSpan | undefined) => span?.spanContext().spanId;

/** The span of a request, which ends after its answer. */
async function requestSpan(name: string): Promise<ReadableSpan> {
  await until(() => named(name).length > 0);
  return named(name)[0]!;
}

/** A webhook that keeps the headers of what it receives. */
async function startWebhook() {
  const received: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    received.push(request.headers);
    response.writeHead(204).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return { received, port, url: `http://127.0.0.1:${port}/a-secret-path`, close: () => server.close() };
}

describe('the spans of the service', () => {
  let database: TestDatabase;
  let service: ServiceHere;
  let webhook: Awaited<ReturnType<typeof startWebhook>>;
  const account = { email: newEmail(), password: PASSWORD };
  beforeAll(async () => {
    database = await createMigratedDatabase();
    webhook = await startWebhook();
    service = await startServiceHere({
      ...productionSettings(database.url),
      METRICS_TOKEN: 'a-token-for-reading-the-metrics',
      ALERT_WEBHOOK_URL: webhook.url,
      ALERT_WEBHOOK_SECRET: 'a secret of the receiver and us!',
      ALERT_WEBHOOK_ALLOW_PRIVATE: 'true',
    });
    await service.client.post('/auth/register', account);
  });
  afterAll(async () => {
    await service.end();
    webhook.close();
    await database.drop();
  });

  it('name a request by its route, and continue the trace of the caller', async () => {
    const headers = { traceparent: TRACEPARENT };
    const { accessToken } = (await service.client.post('/auth/login', account)).body;
    exporter.reset();
    await service.client.call('/auth/sessions/3f0c8b1e-0000-4000-8000-000000000000?x=1', {
      method: 'DELETE',
      token: accessToken,
      headers,
    });
    const span = await requestSpan('DELETE /auth/sessions/:id');
    expect(span.kind).toBe(1);
    expect(span.spanContext().traceId).toBe(TRACE_ID);
    expect(parentOf(span)).toBe(CALLER);
    expect(attributesOf(span)).toEqual({
      'http.request.method': 'DELETE',
      'http.route': '/auth/sessions/:id',
      'http.response.status_code': 404,
      'network.protocol.version': '1.1',
      'url.scheme': 'http',
    });
    expect(span.status.code).toBe(0); // the fault of the caller is no error of the server
  });

  it('contain those of the statements and of the password, also after the body has been read', async () => {
    await service.client.post('/auth/login', account);
    const request = await requestSpan('POST /auth/login');
    const [password] = named('password verify');
    expect(parentOf(password)).toBe(idOf(request));
    expect(password!.attributes['latchkey.hashing.wait_ms']).toEqual(expect.any(Number));
    const statements = spans().filter(({ attributes }) => attributes['db.system.name'] === 'postgresql');
    expect(statements.map(({ name }) => name)).toContain('INSERT refresh_tokens');
    for (const span of [password!, ...statements])
      expect(span.spanContext().traceId).toBe(request.spanContext().traceId);
    expect(attributesOf(statements.find(({ name }) => name === 'INSERT refresh_tokens'))).toEqual({
      'db.system.name': 'postgresql',
      'db.operation.name': 'INSERT',
      'db.collection.name': 'refresh_tokens',
      'db.query.summary': 'INSERT refresh_tokens',
    });
  });

  it('of parallel requests are kept apart', async () => {
    const ids = Array.from({ length: 8 }, (_, index) => `${index + 1}`.repeat(32));
    await Promise.all(
      ids.map((id) =>
        service.client.post('/auth/login', account, { headers: { traceparent: `00-${id}-${CALLER}-01` } }),
      ),
    );
    await until(() => named('POST /auth/login').length === ids.length);
    for (const id of ids) {
      const ofOne = spans().filter((span) => span.spanContext().traceId === id);
      expect(ofOne.filter(({ name }) => name === 'POST /auth/login')).toHaveLength(1);
      expect(ofOne.filter(({ name }) => name === 'password verify')).toHaveLength(1);
      expect(ofOne.filter(({ name }) => name === 'INSERT refresh_tokens')).toHaveLength(1);
    }
  });

  it('include requests that match no route, without their path', async () => {
    await service.client.get('/no/such/thing');
    const span = await requestSpan('GET');
    expect(attributesOf(span)).toMatchObject({ 'http.response.status_code': 404 });
    expect(JSON.stringify(attributesOf(span))).not.toContain('such');
  });

  it.each([
    'nonsense',
    `${TRACEPARENT}, ${TRACEPARENT}`,
    TRACEPARENT.toUpperCase(),
    `00-${'0'.repeat(32)}-${CALLER}-01`,
  ])('begin a trace where the header traceparent is malformed: %s', async (traceparent) => {
    await service.client.post('/auth/refresh', { refreshToken: 'x' }, { headers: { traceparent } });
    const span = await requestSpan('POST /auth/refresh');
    expect(parentOf(span)).toBeUndefined();
    expect(span.spanContext().traceId).not.toBe(TRACE_ID);
  });

  it('are not made for probes, nor for what polls in the background', async () => {
    await service.client.get('/health/live');
    await service.client.get('/health/ready');
    await service.client.get('/metrics', { token: 'a-token-for-reading-the-metrics' });
    await new Promise((resolve) => setTimeout(resolve, 1_500)); // revocations are read every second
    expect(spans().map(({ name }) => name)).toEqual([]);
  });

  it('include the delivery of an alert, in the trace of the request that caused it', async () => {
    const headers = { traceparent: TRACEPARENT };
    const { refreshToken } = (await service.client.post('/auth/login', account)).body;
    const next = (await service.client.post('/auth/refresh', { refreshToken })).body;
    await service.client.post('/auth/refresh', { refreshToken: next.refreshToken });
    exporter.reset();
    webhook.received.length = 0;
    await service.client.post('/auth/refresh', { refreshToken }, { headers }); // reuse
    await until(() => named('POST').length > 0);
    const request = await requestSpan('POST /auth/refresh');
    const [delivery] = named('POST');
    expect(delivery!.spanContext().traceId).toBe(TRACE_ID);
    expect(parentOf(delivery)).toBe(idOf(request));
    expect(delivery!.kind).toBe(2);
    expect(attributesOf(delivery)).toEqual({
      'http.request.method': 'POST',
      'server.address': '127.0.0.1',
      'server.port': webhook.port,
      'http.response.status_code': 204,
    });
    expect(webhook.received.map(({ traceparent }) => traceparent)).toEqual([
      `00-${TRACE_ID}-${idOf(delivery)}-01`,
    ]);
  });

  it('contain no email address, token, address of a client, user agent or value', async () => {
    const headers = { 'user-agent': 'canary-agent', 'x-forwarded-for': '203.0.113.77' };
    const other = { email: 'canary-address@example.com', password: 'canary of a password' };
    const { accessToken, refreshToken } = (await service.client.post('/auth/register', other, { headers }))
      .body;
    await service.client.post('/auth/login', { ...other, password: 'wrong canary, not it' }, { headers });
    await service.client.get('/auth/events?x=canary-query', { token: accessToken, headers });
    await service.client.post('/auth/refresh', { refreshToken }, { headers });
    await service.client.get('/canary-path', { headers });
    await requestSpan('GET');
    await requestSpan('POST /auth/refresh');
    const seen = JSON.stringify(
      spans().map(({ name, attributes, events, status }) => [name, attributes, events, status]),
    );
    expect(seen).not.toMatch(/canary|203\.0\.113|127\.0\.0\.1|@/);
    for (const token of [accessToken, refreshToken]) expect(seen).not.toContain(token.split('.')[1]);
  });
});

it('a span that an instrumentation of HTTP has made gets the route, and the service makes no other', async () => {
  const tracer = trace.getTracer('instrumentation');
  const { emit } = Server.prototype;
  // As such an instrumentation does.
  Server.prototype.emit = function (this: Server, event: string, ...rest: unknown[]) {
    const again = () => Reflect.apply(emit, this, [event, ...rest]) as boolean;
    if (event !== 'request') return again();
    const span = tracer.startSpan('GET', { kind: 1 });
    (rest[1] as ServerResponse).once('close', () => span.end());
    return context.with(trace.setSpan(context.active(), span), again);
  };
  const database = await createMigratedDatabase();
  const service = await startServiceHere(productionSettings(database.url));
  try {
    await service.client.post('/auth/login', { email: newEmail(), password: PASSWORD });
    const request = await requestSpan('POST /auth/login');
    expect(request.instrumentationScope.name).toBe('instrumentation');
    expect(attributesOf(request)).toEqual({ 'http.route': '/auth/login' });
    expect(spans().filter(({ kind }) => kind === 1)).toHaveLength(1);
    expect(parentOf(named('password verify')[0])).toBe(idOf(request));
  } finally {
    Server.prototype.emit = emit;
    await service.end();
    await database.drop();
  }
});

describeWithRedis('the spans of Redis commands', () => {
  let database: TestDatabase;
  let redis: TestRedis;
  let service: ServiceHere;
  beforeAll(async () => {
    [database, redis] = await Promise.all([createMigratedDatabase(), startRedis()]);
    service = await startServiceHere({
      ...productionSettings(database.url),
      RATE_LIMIT: 'on',
      REDIS_URL: redis.url,
    });
  });
  afterAll(async () => {
    await service.end();
    await Promise.all([database.drop(), redis.close()]);
  });

  it('belong to the request, and have the status of an error while Redis is away', async () => {
    const refresh = () => service.client.post('/auth/refresh', { refreshToken: 'x' });
    await refresh();
    const request = await requestSpan('POST /auth/refresh');
    const [command] = named('EVAL');
    expect(command!.spanContext().traceId).toBe(request.spanContext().traceId);
    expect(attributesOf(command)).toEqual({ 'db.system.name': 'redis', 'db.operation.name': 'EVAL' });
    await redis.kill();
    exporter.reset();
    await refresh();
    await requestSpan('POST /auth/refresh');
    expect(named('EVAL')[0]!.status).toEqual({ code: 2 });
    expect(attributesOf(named('EVAL')[0])).toMatchObject({ 'error.type': 'RedisAwayError' });
  });
});

describe('the module in a host', () => {
  it('joins the trace that the host has begun', async () => {
    const tracer = trace.getTracer('host');
    const made: Context[] = [];
    const host = await startHost({
      adapter: 'express',
      prepare: (app) =>
        app.use((_request: unknown, _response: unknown, next: () => void) => {
          const span = tracer.startSpan('what the host does');
          const active = trace.setSpan(context.active(), span);
          made.push(active);
          context.with(active, next);
          span.end();
        }),
    });
    try {
      await host.client.post('/auth/register', { email: newEmail(), password: PASSWORD });
      await until(() => named('INSERT refresh_tokens').length > 0);
      const [span] = named('INSERT refresh_tokens');
      const ofHost = trace.getSpanContext(made[0]!)!;
      expect([span!.spanContext().traceId, parentOf(span)]).toEqual([ofHost.traceId, ofHost.spanId]);
    } finally {
      await host.close();
    }
  });

  it('keeps the trace of a request with its events, for whoever listens and in the audit trail', async () => {
    const host = await startHost();
    try {
      const headers = { traceparent: TRACEPARENT, tracestate: 'vendor=1' };
      const account = { email: newEmail(), password: PASSWORD };
      const { accessToken } = (await host.client.post('/auth/register', account, { headers })).body;
      await until(async () => (await detailsOf(host.database)).length > 0);
      expect(await detailsOf(host.database)).toEqual([
        { email: expect.any(String), traceparent: TRACEPARENT },
      ]);
      const events = (await host.client.get('/auth/events', { token: accessToken })).body;
      expect(JSON.stringify(events)).not.toContain(TRACE_ID);
    } finally {
      await host.close();
    }
  });
});

async function detailsOf(database: DataSource): Promise<object[]> {
  const rows = await database.query<{ details: object }[]>('SELECT details FROM auth_events');
  return rows.map(({ details }) => details);
}
