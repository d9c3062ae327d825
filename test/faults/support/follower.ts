import { type Answer, Client, PASSWORD } from '../../support/client.js';
import { brokenPromises, type Event, type Promises } from './history.js';
import { count } from './report.js';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const RETRY_MS = 20;
/** A real client gives up at some point, and a test that waits forever reports nothing. */
const PATIENCE_MS = 30_000;

/** Returns the address of the instance to ask at this moment. */
export type Pick = () => Client;

/**
 * One session of one client, which records everything it sees. It behaves as a good client should: it
 * repeats what was not answered, and sends a token until it has been given its successor.
 */
export class Follower {
  readonly events: Event[] = [];
  refreshToken = '';
  accessToken = '';
  private failure = '';

  private constructor(private readonly pick: Pick) {}

  /** Logs in, as often as it takes to get an answer. */
  static async login(pick: Pick, email: string): Promise<Follower> {
    const follower = new Follower(pick);
    for (const began = performance.now(); performance.now() < began + PATIENCE_MS; await pause(RETRY_MS)) {
      const answer = await follower.ask((client) =>
        client.post('/auth/login', { email, password: PASSWORD }),
      );
      if (answer?.status === 200) {
        follower.adopt(answer);
        const { refreshToken: refresh, accessToken: access } = follower;
        follower.events.push({ kind: 'begun', at: performance.now(), refresh, access });
        count('sessions followed');
        return follower;
      }
      if (answer && answer.status !== 503) throw new Error(`login: ${JSON.stringify(answer.body)}`);
    }
    throw new Error('no login was answered');
  }

  /** Sends its token once. Returns true if the outcome is known. */
  async refresh(presented = this.refreshToken): Promise<boolean> {
    const sentAt = performance.now();
    const answer = await this.ask((client) => client.post('/auth/refresh', { refreshToken: presented }));
    const times = { sentAt, at: performance.now(), presented };
    if (!answer || answer.status === 503) {
      this.events.push({ kind: 'unanswered', ...times, why: answer ? '503' : this.failure });
      count('requests without an answer, repeated');
      return false;
    }
    if (answer.status === 200) {
      this.adopt(answer);
      const { refreshToken: refresh, accessToken: access } = this;
      this.events.push({ kind: 'refreshed', ...times, refresh, access });
      count('refreshes acknowledged');
      return true;
    }
    this.events.push({ kind: 'refused', ...times, error: answer.body.error ?? `status ${answer.status}` });
    return true;
  }

  /** Sends its token until the outcome is known. */
  async refreshForSure(): Promise<void> {
    await insist(() => this.refresh());
  }

  /** Requests the end once; returns true if it was acknowledged. */
  async logout(): Promise<boolean> {
    const { refreshToken } = this;
    this.events.push({ kind: 'ending', sentAt: performance.now() });
    const answer = await this.ask((client) => client.post('/auth/logout', { refreshToken }));
    if (answer?.status !== 204) return false;
    this.events.push({ kind: 'ended', at: performance.now() });
    count('ends acknowledged');
    return true;
  }

  async logoutForSure(): Promise<void> {
    await insist(() => this.logout());
  }

  /** Uses its access token on a guarded route. */
  async visit(client?: Client): Promise<void> {
    const { accessToken: access } = this;
    const sentAt = performance.now();
    const pick = client ? () => client : this.pick;
    const answer = await this.ask((to) => to.get('/api/protected', { token: access }), pick);
    if (!answer || answer.status === 503) return;
    const times = { sentAt, at: performance.now(), access };
    this.events.push(
      answer.status === 200
        ? { kind: 'passed', ...times }
        : { kind: 'stopped', ...times, error: answer.body.error },
    );
  }

  /** Records that the database shows the session's end, whether or not a client was told. */
  sawItsEnd(): void {
    this.events.push({ kind: 'ended', at: performance.now() });
  }

  /** The instance it would ask now. */
  get instance(): Client {
    return this.pick();
  }

  get sid(): string {
    const [, payload = ''] = this.refreshToken.split('.');
    return JSON.parse(Buffer.from(payload, 'base64url').toString()).sid as string;
  }

  broken(promises: Promises): string[] {
    return brokenPromises(this.events, promises);
  }

  private adopt({ body }: Answer): void {
    this.refreshToken = body.refreshToken;
    this.accessToken = body.accessToken;
  }

  private async ask(
    call: (client: Client) => Promise<Answer>,
    pick = this.pick,
  ): Promise<Answer | undefined> {
    try {
      return await call(pick());
    } catch (error) {
      const { name, cause } = error as Error & { cause?: { code?: string } };
      if (name !== 'TypeError') throw error;
      this.failure = cause?.code ?? 'unknown'; // fetch: the connection failed
      return undefined;
    }
  }
}

async function insist(attempt: () => Promise<boolean>): Promise<void> {
  const began = performance.now();
  while (!(await attempt())) {
    if (performance.now() > began + PATIENCE_MS) return; // the end of the history shows it
    await pause(RETRY_MS);
  }
}
