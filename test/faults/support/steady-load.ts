import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { newEmail, PASSWORD } from '../../support/client.js';

/** Requests per second of all clients together, if the machine can. */
export const RATE = 500;
const CLIENTS = 25;
/** Of a client's requests: the others look up who it is. */
const REFRESH_EVERY = 20;
const LOGIN_EVERY = 240;
const PAUSE_MS = (CLIENTS * 1_000) / RATE;

interface Tokens {
  accessToken: string;
  refreshToken: string;
}

/** Many clients that send each request to another one of the instances that currently take requests. */
export class SteadyLoad {
  readonly wrong: string[] = [];
  sent = 0;
  logins = 0;
  private readonly pending = new Map<string, number>();
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 50 });
  private readonly began = performance.now();
  private turn = 0;
  private isDone = false;
  private readonly clients: Promise<void>[];

  /** @param urls of the instances */
  constructor(readonly urls: Set<string>) {
    this.clients = Array.from({ length: CLIENTS }, () => this.client());
  }

  /** Requests per second so far. */
  get rate(): number {
    return Math.round((1_000 * this.sent) / (performance.now() - this.began));
  }

  /** Sends nothing more to an instance, and waits for what it is answering. */
  async takeOut(url: string): Promise<void> {
    this.urls.delete(url);
    while ((this.pending.get(url) ?? 0) > 0) await sleep(5);
  }

  async end(): Promise<void> {
    this.isDone = true;
    await Promise.all(this.clients);
    this.agent.destroy();
  }

  private async client(): Promise<void> {
    const email = newEmail();
    let tokens = await this.call('/auth/register', { body: { email, password: PASSWORD } });
    for (let n = Math.floor(Math.random() * LOGIN_EVERY); !this.isDone && tokens; n++) {
      const began = performance.now();
      if (n % LOGIN_EVERY === 0) {
        tokens = await this.call('/auth/login', { body: { email, password: PASSWORD } });
        this.logins++;
      } else if (n % REFRESH_EVERY === 0)
        tokens = await this.call('/auth/refresh', { body: { refreshToken: tokens.refreshToken } });
      else await this.call('/auth/me', { token: tokens.accessToken });
      await sleep(Math.max(0, PAUSE_MS - (performance.now() - began)));
    }
  }

  private async call(path: string, given: { body?: object; token?: string }): Promise<Tokens | undefined> {
    const urls = [...this.urls];
    const url = urls[this.turn++ % urls.length]!;
    this.pending.set(url, (this.pending.get(url) ?? 0) + 1);
    const { status, text } = await this.send(url + path, given).catch((error: unknown) => ({
      status: 0,
      text: String(error),
    }));
    this.pending.set(url, this.pending.get(url)! - 1);
    this.sent++;
    if (status === 200 || status === 201) return JSON.parse(text) as Tokens;
    this.wrong.push(`${path}: ${status} ${text}`);
    return undefined;
  }

  private send(url: string, { body, token }: { body?: object; token?: string }) {
    return new Promise<{ status: number; text: string }>((resolve, reject) => {
      const headers = {
        ...(body && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
      };
      const method = body ? 'POST' : 'GET';
      const sent = request(url, { agent: this.agent, method, headers }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode!, text }));
        response.on('error', reject);
      });
      sent.on('error', reject);
      sent.end(body && JSON.stringify(body));
    });
  }
}
