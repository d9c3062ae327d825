import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { join } from 'node:path';
import { newEmail, PASSWORD } from '../support/client.js';
import { type DatabaseGate, openGate } from '../support/database-gate.js';
import { linesAbout, type LogLine, logLines } from '../support/logs.js';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';
import { productionSettings, type ServiceProcess, startServiceProcess } from '../support/service-process.js';
import { until } from '../support/until.js';

const ROOT = join(import.meta.dirname, '../..');
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';
const TRACEPARENT = `00-${TRACE_ID}-${CALLER}-01`;
const WARN = 40;
const ERROR = 50;

interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A server that keeps what is posted to it. */
async function startReceiver() {
  const received: Received[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received.push({ path: request.url!, headers: request.headers, body });
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return { received, url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

describe('the log of a service without OpenTelemetry', () => {
  let database: TestDatabase;
  let gate: DatabaseGate;
  let service: ServiceProcess;
  let webhook: Awaited<ReturnType<typeof startReceiver>>;
  beforeAll(async () => {
    database = await createMigratedDatabase();
    [gate, webhook] = await Promise.all([openGate(database.url), startReceiver()]);
    service = await startServiceProcess({
      ...productionSettings(gate.url),
      METRICS_TOKEN: 'a-token-for-reading-the-metrics',
      ALERT_WEBHOOK_URL: webhook.url,
      ALERT_WEBHOOK_SECRET: 'a secret of the receiver and us!',
      ALERT_WEBHOOK_ALLOW_PRIVATE: 'on',
    });
  });
  afterAll(async () => {
    await service.end();
    webhook.close();
    await gate.close();
    await database.drop();
  });

  const linesOf = (route: string) =>
    logLines(service).filter((line) => line.msg === 'request' && line.route === route);

  it('has the ids of the trace that a request belongs to', async () => {
    const headers = { 'x-request-id': 'with-a-trace', traceparent: TRACEPARENT };
    await service.client.post('/auth/refresh', { refreshToken: 'x' }, { headers });
    expect(await linesAbout(service, 'with-a-trace')).toMatchObject([{ traceId: TRACE_ID, spanId: CALLER }]);
  });

  it.each(['nonsense', `${TRACEPARENT}-x`, TRACEPARENT.toUpperCase(), '00-1-2-01'])(
    'has no ids where the header is malformed: %s',
    async (traceparent) => {
      const requestId = `without-a-trace-${traceparent.length}`;
      await service.client.get('/auth/me', { headers: { 'x-request-id': requestId, traceparent } });
      const [line] = await linesAbout(service, requestId);
      expect(line).not.toHaveProperty('traceId');
      expect(JSON.stringify(line)).not.toContain(traceparent);
    },
  );

  it('has the ids in the line about an alert, and the webhook continues the trace', async () => {
    const account = { email: newEmail(), password: PASSWORD };
    const first = (await service.client.post('/auth/register', account)).body.refreshToken;
    const second = (await service.client.post('/auth/refresh', { refreshToken: first })).body.refreshToken;
    await service.client.post('/auth/refresh', { refreshToken: second });
    const headers = { traceparent: TRACEPARENT, tracestate: 'vendor=1' };
    await service.client.post('/auth/refresh', { refreshToken: first }, { headers });
    await until(() => webhook.received.length === 1);
    expect(webhook.received[0]!.headers).toMatchObject(headers);
    const find = () => logLines(service).find(({ msg }) => msg === 'Alert: refresh-token-reused');
    await until(() => find() !== undefined);
    const alert = find();
    expect(alert).toMatchObject({ traceId: TRACE_ID, spanId: CALLER });
    expect(alert).not.toHaveProperty('tracestate');
  });

  it('has no lines about probes that succeed, and one about each refusal', async () => {
    for (let i = 0; i < 3; i++) {
      await service.client.get('/health/live');
      await service.client.get('/health/ready');
      await service.client.get('/metrics', { token: 'a-token-for-reading-the-metrics' });
    }
    await service.client.get('/metrics', { token: 'wrong' });
    await until(() => linesOf('/metrics').length > 0);
    expect(linesOf('/metrics').map(({ status }) => status)).toEqual([404]);
    expect([...linesOf('/health/live'), ...linesOf('/health/ready')]).toEqual([]);
  });

  it('shows that a probe fails, why, and that it works again: once each', async () => {
    const ready = async () => (await service.client.get('/health/ready')).status;
    const failures = () =>
      logLines(service).filter(({ level, context }) => level === ERROR && context === 'Readiness');
    const before = failures().length;
    await gate.refuse();
    await until(async () => (await ready()) === 503);
    for (let i = 0; i < 5; i++) expect(await ready()).toBe(503);
    await gate.open();
    await until(async () => (await ready()) === 200);
    for (let i = 0; i < 5; i++) expect(await ready()).toBe(200);
    await until(() => linesOf('/health/ready').length === 2);
    expect(linesOf('/health/ready')).toMatchObject([
      { level: WARN, status: 503 },
      { level: 30, status: 200 },
    ]);
    const reasons = failures().slice(before) as (LogLine & { err: { stack: string } })[];
    // What a cut connection is told depends on the moment.
    expect(reasons).toMatchObject([
      { msg: 'The database does not answer.', err: { stack: expect.any(String) } },
    ]);
  });

  it('has the ids in the line about a failure', async () => {
    const headers = { 'x-request-id': 'a-failure', traceparent: TRACEPARENT };
    await gate.refuse();
    try {
      const account = { email: newEmail(), password: PASSWORD };
      expect((await service.client.post('/auth/login', account, { headers })).status).toBe(503);
    } finally {
      await gate.open();
    }
    const lines = await linesAbout(service, 'a-failure');
    expect(lines.map(({ level, traceId, spanId }) => [level, traceId, spanId])).toEqual([
      [ERROR, TRACE_ID, CALLER],
      [30, TRACE_ID, CALLER],
    ]);
  });
});

it('at level debug, the log has every probe', async () => {
  const database = await createMigratedDatabase();
  const service = await startServiceProcess({ ...productionSettings(database.url), LOG_LEVEL: 'debug' });
  try {
    for (let i = 0; i < 3; i++) await service.client.get('/health/live');
    const lines = () => logLines(service).filter(({ route }) => route === '/health/live');
    await until(() => lines().length === 3);
    expect(lines().map(({ level }) => level)).toEqual([20, 20, 20]);
  } finally {
    await service.end();
    await database.drop();
  }
});

describe('the service with deploy/otel.mjs', () => {
  it('sends its spans by OTLP, also the last ones before it ends, and logs their ids', async () => {
    const [database, collector] = await Promise.all([createMigratedDatabase(), startReceiver()]);
    const service = await startServiceProcess(
      {
        ...productionSettings(database.url),
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_BSP_SCHEDULE_DELAY: '60000',
      },
      [process.execPath, '--import', join(ROOT, 'deploy/otel.mjs'), join(ROOT, 'dist/main.js')],
    );
    try {
      const headers = { 'x-request-id': 'traced', traceparent: TRACEPARENT };
      await service.client.post('/auth/login', { email: newEmail(), password: PASSWORD }, { headers });
      const [line] = await linesAbout(service, 'traced');
      expect(line).toMatchObject({ traceId: TRACE_ID, spanId: expect.stringMatching(/^[\da-f]{16}$/) });
      expect(line!.spanId).not.toBe(CALLER);
      expect(await service.end()).toBe(0);
      const spans = collector.received.flatMap(({ body }) => spansIn(body));
      expect(collector.received[0]!.path).toBe('/v1/traces');
      expect(collector.received[0]!.body).toContain('"stringValue":"latchkey"');
      const request = spans.find(({ name }) => name === 'POST /auth/login');
      expect(request).toMatchObject({ traceId: TRACE_ID, parentSpanId: CALLER, spanId: line!.spanId });
      expect(spans.find(({ name }) => name === 'password verify')).toMatchObject({
        traceId: TRACE_ID,
        parentSpanId: line!.spanId,
      });
    } finally {
      await service.end();
      collector.close();
      await database.drop();
    }
  });

  it('ends in time although nothing receives its spans', async () => {
    const database = await createMigratedDatabase();
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const service = await startServiceProcess(
      { ...productionSettings(database.url), OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` },
      [process.execPath, '--import', join(ROOT, 'deploy/otel.mjs'), join(ROOT, 'dist/main.js')],
    );
    try {
      await service.client.get('/auth/me');
      const began = performance.now();
      expect(await service.end()).toBe(0);
      expect(performance.now() - began).toBeLessThan(6_000);
    } finally {
      await service.end();
      silent.closeAllConnections();
      silent.close();
      await database.drop();
    }
  });
});

interface SentSpan {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
}

function spansIn(body: string): SentSpan[] {
  const { resourceSpans } = JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: SentSpan[] }[] }[] };
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}
