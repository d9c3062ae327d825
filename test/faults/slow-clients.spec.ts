// Covers docs/security.md, case 49.
import { Writable } from 'node:stream';
import { Body, Controller, Get, type INestApplication, Module, Post } from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import { pino } from 'pino';
import { AnyErrorFilter } from '../../src/service/http/any-error.filter.js';
import { createFastifyAdapter } from '../../src/service/http/fastify-adapter.js';
import { NestLogger } from '../../src/service/logger.js';
import { HTTP_LIMITS } from '../../src/service/http/limits.js';
import { openSocket, parseAnswer, received } from '../support/raw-http.js';

@Controller()
class EchoController {
  @Get()
  live() {
    return { live: true };
  }

  @Post()
  echo(@Body() body: unknown) {
    return body;
  }
}

@Module({ controllers: [EchoController], providers: [{ provide: APP_FILTER, useClass: AnyErrorFilter }] })
class EchoModule {}

const LIMITS = { headersTimeoutMs: 400, requestTimeoutMs: 800, keepAliveMs: 300, checkEveryMs: 50 };

let app: INestApplication;
let url: string;
let log = '';

beforeAll(async () => {
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log += chunk.toString();
      done();
    },
  });
  const logger = pino(stream);
  const adapter = createFastifyAdapter({
    trustProxy: [],
    hsts: true,
    logger,
    limits: { ...HTTP_LIMITS, ...LIMITS },
  });
  app = await NestFactory.create(EchoModule, adapter, { logger: new NestLogger(logger), bodyParser: false });
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
});
afterAll(() => app.close());

/** Sends a piece every 50 ms for as long as the server allows. */
async function drip(first: string, piece: string) {
  const began = performance.now();
  const socket = openSocket(url);
  socket.write(first);
  const timer = setInterval(() => socket.writable && socket.write(piece), 50);
  const text = await received(socket);
  clearInterval(timer);
  return { ...parseAnswer(text), ms: performance.now() - began };
}

const CASES: [string, string, string, number][] = [
  ['sends nothing', '', '', LIMITS.headersTimeoutMs],
  ['sends its headers slowly', 'GET / HTTP/1.1\r\nHost: a\r\n', 'X-A: b\r\n', LIMITS.headersTimeoutMs],
  [
    'sends its body slowly',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n',
    ' ',
    LIMITS.requestTimeoutMs,
  ],
  [
    'sends endless chunks',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
    '1\r\n \r\n',
    LIMITS.requestTimeoutMs,
  ],
];

describe('a slow client', () => {
  it.each(CASES)('that %s gets 408 and is cut off', async (_, first, piece, limit) => {
    const answer = await drip(first, piece);
    expect(answer.status).toBe(408);
    expect(answer.body).toEqual({
      statusCode: 408,
      error: 'REQUEST_TIMEOUT',
      message: expect.any(String),
      requestId: answer.headers['x-request-id'],
    });
    expect(answer.headers['strict-transport-security']).toMatch(/^max-age=31536000/);
    expect(answer.ms).toBeGreaterThan(limit - 100);
    expect(answer.ms).toBeLessThan(limit + 2000);
  });

  it('does not keep others from being served, even in large numbers', async () => {
    const idle = Array.from({ length: 500 }, () => openSocket(url));
    const ends = Promise.all(idle.map(received));
    const times: number[] = [];
    for (let i = 0; i < 50; i++) {
      const began = performance.now();
      expect((await fetch(url)).status).toBe(200);
      times.push(performance.now() - began);
    }
    expect(times.sort((a, b) => a - b)[25]).toBeLessThan(200);
    await ends;
  });

  it('an idle connection is closed when its time is up, without an answer', async () => {
    const socket = openSocket(url);
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const text = await received(socket);
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
  });

  it('a truncated body leaves no error behind', async () => {
    const socket = openSocket(url);
    socket.write(
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{',
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    await received(socket);
    expect((await fetch(url)).status).toBe(200);
    const lines = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { level: number });
    expect(lines.filter(({ level }) => level >= 50)).toEqual([]);
  });
});

it('the service has the documented limits', () => {
  expect(HTTP_LIMITS).toMatchObject({
    bodyBytes: 16_384,
    headerBytes: 8_192,
    headersTimeoutMs: 5_000,
    requestTimeoutMs: 10_000,
    keepAliveMs: 65_000,
  });
  expect(HTTP_LIMITS.checkEveryMs).toBeLessThanOrEqual(1_000);
});
