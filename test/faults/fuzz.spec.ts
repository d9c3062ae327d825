import { randomBytes, randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type ApiDocument, DocumentedAnswers, operationsOf } from '../support/api-document.js';
import { openSocket, received } from '../support/raw-http.js';
import { startServiceProcess } from '../support/service-process.js';
import { FuzzCaller } from './support/fuzz-caller.js';
import { type FuzzRequest, requestFor } from './support/fuzz-request.js';
import { type OwnPostgres, startOwnPostgres } from './support/own-postgres.js';
import { Random } from './support/random.js';
import { count } from './support/report.js';
import { productionSettings, type ServiceProcess } from './support/service.js';

// A long run: FUZZ_SECONDS=600 npm run test:faults -- fuzz
const SECONDS = Number(process.env.FUZZ_SECONDS ?? 20);
/** Printed with a failure. The order of answers may still differ. */
const SEED = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31));
const SIDE_BY_SIDE = 6;
/** Requests of one caller: many of them end its session. */
const OF_ONE_CALLER = 40;
/** A shorter run does not tell how much memory stays. */
const MEMORY_FROM_SECONDS = 300;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('requests made from the API document, and bytes that are no requests', () => {
  let postgres: OwnPostgres;
  let service: ServiceProcess;
  let document: ApiDocument;
  let answers: DocumentedAnswers;
  beforeAll(async () => {
    postgres = await startOwnPostgres();
    service = await startServiceProcess({
      ...productionSettings(postgres.url),
      DOCS: 'on',
      ACCOUNT_PAGES: 'on',
      FORWARD_AUTH: 'on',
      SMTP_URL: 'smtp://127.0.0.1:1',
      MAIL_FROM: 'no-reply@example.com',
      EMAIL_VERIFICATION: 'optional',
      MFA_ENCRYPTION_SECRET: randomBytes(48).toString('base64url'),
      WEBAUTHN_RP_ID: 'example.com',
      WEBAUTHN_ORIGINS: 'https://auth.example.com',
    });
    document = (await service.client.get('/openapi.json')).body;
    answers = new DocumentedAnswers(document);
  }, 120_000);
  afterAll(async () => {
    await service?.end();
    await postgres?.close();
  });

  it(
    `are answered as documented for ${SECONDS} s, and no answer is an error of the service`,
    async () => {
      const until = performance.now() + SECONDS * 1_000;
      const problems = new Map<string, string>();
      const memory: number[] = [];
      const operations = operationsOf(document);
      let [requests, busy, next] = [0, 0, 0];
      const seen = new Set<string>();

      const ask = async (operationId: string, { path, call }: FuzzRequest) => {
        const answer = await service.client.call(path, call);
        requests++;
        seen.add(`${operationId} ${answer.status}`);
        const found = answers.problemsOf(operationId, answer);
        // It may be busy, and then says so.
        if (answer.status === 503) busy++;
        else if (answer.status >= 500) found.push('an error of the service');
        const key = `${operationId} ${answer.status}`;
        if (found.length > 0 && !problems.has(key))
          problems.set(key, JSON.stringify({ found, path, call, raw: String(call.raw).slice(0, 500) }));
      };
      const askMany = async (caller: FuzzCaller, random: Random) => {
        for (let left = OF_ONE_CALLER; left > 0 && performance.now() < until; left--) {
          const operation = operations[next++ % operations.length]!;
          await ask(operation.operationId, requestFor(document, operation, caller, random));
        }
      };
      const lane = async (_: unknown, number: number) => {
        const random = new Random(SEED + number * 7919);
        while (performance.now() < until) {
          const caller = await FuzzCaller.signUp(service.client, random).catch(() => undefined);
          // Otherwise the service was busy.
          await (caller ? askMany(caller, random) : pause(200));
        }
      };
      const watch = setInterval(() => void memory.push(residentMegabytes(service)), (SECONDS * 1_000) / 20);
      try {
        await Promise.all([...Array.from({ length: SIDE_BY_SIDE }, lane), sendBytes(until)]);
      } finally {
        clearInterval(watch);
      }

      count('requests made from the API document', requests);
      count('of these, answered with 503', busy);
      expect({ SEED, problems: Object.fromEntries(problems) }).toEqual({ SEED, problems: {} });
      expect(busy).toBeLessThan(requests / 20);
      // Good requests are among them, and bad ones.
      expect(requests).toBeGreaterThan(operations.length);
      const good = [...seen].filter((each) => / 2\d\d$/.test(each));
      expect(good.length).toBeGreaterThan(operations.length / 3);
      if (SECONDS < MEMORY_FROM_SECONDS) return;
      const [early, late] = [memory.slice(5, 9), memory.slice(-4)].map((some) => Math.min(...some));
      expect(late! / early!).toBeLessThan(1.2);
    },
    SECONDS * 1_000 + 60_000,
  );

  /** Bytes at random, and requests with some of their bytes changed; the service closes such connections. */
  async function sendBytes(until: number): Promise<void> {
    const request = Buffer.from(
      'POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}',
    );
    while (performance.now() < until) {
      const bytes = randomInt(3) === 0 ? randomBytes(randomInt(1, 2_000)) : Buffer.from(request);
      for (let i = randomInt(4); i > 0; i--) bytes[randomInt(bytes.length)] = randomInt(256);
      const socket = openSocket(service.client.url);
      socket.end(bytes);
      const [, status = '400'] = /^HTTP\/1\.1 (\d+)/.exec(await received(socket)) ?? [];
      expect(Number(status)).toBeLessThan(500);
      count('connections with bytes at random');
    }
  }
});

function residentMegabytes({ process: { pid } }: ServiceProcess): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!;
  return Number(kilobytes) / 1_024;
}
