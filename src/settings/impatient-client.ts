import type { Socket } from 'node:net';
import { Client } from 'pg';

const FAREWELL_MS = 1_000;

/**
 * Gives up a connection whose server does not answer in time. `pg` alone would return it to the pool, where the
 * unanswered statement would block every later one.
 */
export class ImpatientClient extends Client {
  // TypeORM uses only one form of the call: text, values, and a promise as the result.
  override query(...question: unknown[]): never {
    const answer = (super.query as (...question: unknown[]) => unknown).apply(this, question);
    if (answer instanceof Promise) answer.catch((error: Error) => this.giveUpAfter(error));
    return answer as never;
  }

  /** `end` also tells the pool, before the client is returned to it, that the client is no longer usable. */
  private giveUpAfter({ message }: Error): void {
    if (message === 'Query read timeout') this.end().catch(() => undefined);
  }

  /** A server that is gone does not answer the farewell either. It must not delay the shutdown of the service. */
  override end(callback?: (error: Error) => void): Promise<void> {
    const { stream } = (this as unknown as { connection: { stream: Socket } }).connection;
    setTimeout(() => stream.destroy(), FAREWELL_MS).unref();
    return super.end(callback!) as unknown as Promise<void>;
  }
}
