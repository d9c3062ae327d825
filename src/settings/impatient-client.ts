import type { Socket } from 'node:net';
import { Client } from 'pg';

const FAREWELL_MS = 1_000;

/**
 * Gives a connection up whose other end did not answer in time. `pg` alone would put it back into the pool, where the
 * unanswered statement keeps every later one waiting.
 */
export class ImpatientClient extends Client {
  // TypeORM asks in one way only, with a text, its values and a promise.
  override query(...question: unknown[]): never {
    const answer = (super.query as (...question: unknown[]) => unknown).apply(this, question);
    if (answer instanceof Promise) answer.catch((error: Error) => this.giveUpAfter(error));
    return answer as never;
  }

  /** `end` also tells the pool, before the client is put back, that it is of no use any more. */
  private giveUpAfter({ message }: Error): void {
    if (message === 'Query read timeout') this.end().catch(() => undefined);
  }

  /** A server that is gone does not answer the farewell either: it must not hold up a service that stops. */
  override end(callback?: (error: Error) => void): Promise<void> {
    const { stream } = (this as unknown as { connection: { stream: Socket } }).connection;
    setTimeout(() => stream.destroy(), FAREWELL_MS).unref();
    return super.end(callback!) as unknown as Promise<void>;
  }
}
