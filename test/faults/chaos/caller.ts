import type { Answer, Call, Client } from '../../support/client.js';
import type { Random } from '../support/random.js';
import type { Cluster } from './cluster.js';
import { claimsOf, type Kind, type Operation } from './operation.js';

/** Longer than anything holds a request: whoever does not wait for an answer must not count on what comes later. */
const TIMEOUT_MS = 25_000;
/** The answers that say that nothing has happened, or that it may have. */
const INCONCLUSIVE = new Set([408, 429, 500, 502, 503, 504]);
export const TIMED_OUT = 'timed out';

/** What a request is about, for the history. */
export type About = Pick<Operation, 'session' | 'presented' | 'access' | 'expiresAt' | 'password' | 'code'>;

export interface Sent {
  operation: Operation;
  answer: Answer | undefined;
}

/** Sends the requests of one person to the gateway or to an instance, and records each of them. */
export class Caller {
  readonly operations: Operation[] = [];

  constructor(
    readonly person: string,
    private readonly cluster: Cluster,
    private readonly random: Random,
    private readonly record: (operation: Operation) => void,
  ) {}

  /** Where to send the next request: mostly through the gateway. */
  somewhere(): string {
    return this.random.chance(0.6) ? 'gateway' : this.random.of(this.everywhere())!;
  }

  everywhere(): string[] {
    return this.cluster.instances.map(({ name }) => name);
  }

  async send(kind: Kind, path: string, call: Call, about: About = {}, to = this.somewhere()): Promise<Sent> {
    const began = { kind, person: this.person, to, sentAt: Date.now(), ...about };
    let answer: Answer | undefined;
    let error: string | undefined;
    try {
      answer = await this.clientOf(to).call(path, { ...call, signal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch (thrown) {
      const { name, message, cause } = thrown as Error & { cause?: { code?: string } };
      error = name === 'TimeoutError' ? TIMED_OUT : (cause?.code ?? message);
    }
    const operation: Operation = { ...began, at: Date.now(), ...outcomeOf(answer, error) };
    if (answer && answer.status < 300 && answer.body.refreshToken) Object.assign(operation, tokensOf(answer));
    return this.keep(operation, answer);
  }

  /** Something that is not a request. `undefined`: it is unknown whether it was done. */
  async command(kind: Kind, work: () => Promise<boolean | undefined>): Promise<Sent> {
    const began = { kind, person: this.person, to: 'command line', sentAt: Date.now() };
    const isDone = await work().catch(() => undefined);
    return this.keep({ ...began, at: Date.now(), outcome: isDone ? 'done' : 'unknown' }, undefined);
  }

  private keep(operation: Operation, answer: Answer | undefined): Sent {
    this.operations.push(operation);
    this.record(operation);
    return { operation, answer };
  }

  private clientOf(to: string): Client {
    return this.cluster.instances.find(({ name }) => name === to)?.client ?? this.cluster.entry;
  }
}

function outcomeOf(answer: Answer | undefined, error?: string): Pick<Operation, 'outcome' | 'error'> {
  if (!answer) return { outcome: 'unknown', error };
  const { status, body } = answer;
  if (status < 300) return { outcome: 'done' };
  return {
    outcome: INCONCLUSIVE.has(status) ? 'unknown' : 'refused',
    error: (body as { error?: string }).error ?? `status ${status}`,
  };
}

function tokensOf({ body }: Answer) {
  const refresh = claimsOf(body.refreshToken as string);
  const access = claimsOf(body.accessToken as string);
  return { session: refresh.sid, refresh: refresh.jti, access: access.jti, expiresAt: access.exp * 1_000 };
}
