import { randomInt } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { Expiring } from '../../cleanup/cleanup.js';
import { UnavailableError } from '../../errors/auth-errors.js';
import { SecretChoice } from '../../instances/secret-choice.js';
import { AuthOptionsError } from '../../options/options-error.js';
import type { RevocationLists } from '../../revocation/sharded-revocation-list.js';
import type { SessionStore } from '../../sessions/session-store.js';
import type { SessionDatabases } from '../../sessions/shards/session-databases.js';
import { MAIN } from '../../sessions/shards/shard-number.js';
import type { OpenShard } from './open-shard.js';
import type { SessionShard } from './session-shard.js';

/** What the list of instances calls the main database and the shards. */
const nameOf = (number: number) => `database ${number}`;

/** The choice of an app without shards: instances with shards wait until all know them. */
export const noShards = () => new SecretChoice([nameOf(MAIN)]);

/** Whether a shard answers this instance. */
export interface ShardState {
  /** Its place in `sessions.shards`, from 1. */
  number: number;
  up: boolean;
}

/** The databases of the option `sessions.shards`: the first one has the number 1. `undefined` where there are none. */
export class SessionShards {
  /**
   * Newest first. Sessions begin in the shards that all instances know.
   * @internal
   */
  readonly choice: SecretChoice;

  /** @internal */
  constructor(/** @internal */ readonly all: readonly SessionShard[]) {
    this.choice = new SecretChoice([...all.map(({ number }) => nameOf(number)).toReversed(), nameOf(MAIN)]);
  }

  /** Which shards have answered in the last few seconds. Asks nobody. */
  get states(): ShardState[] {
    return this.all.map(({ number, isUp }) => ({ number, up: isUp }));
  }

  /**
   * The connections to those that have been reached.
   * @internal
   */
  get sources(): DataSource[] {
    return this.all.flatMap(({ reached }) => reached?.source ?? []);
  }

  /** @internal */
  async onModuleInit(): Promise<void> {
    const starts = await Promise.allSettled(this.all.map((shard) => shard.start()));
    const problems = starts.flatMap((start, place) =>
      start.status === 'rejected'
        ? [{ option: 'sessions.shards', message: `(number ${place + 1}) ${problemOf(start.reason)}` }]
        : [],
    );
    if (problems.length === 0) return;
    await this.onModuleDestroy();
    await this.onApplicationShutdown();
    throw new AuthOptionsError(problems);
  }

  /** @internal */
  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.all.map((shard) => shard.stop()));
  }

  /** @internal */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.all.map((shard) => shard.close()));
  }

  /**
   * @throws UnavailableError if there is no such shard here, or it has not been reached yet
   * @internal
   */
  partsOf(number: number): OpenShard {
    const shard = this.all[number - 1];
    if (shard) return shard.parts;
    const cause = new Error(
      `A session is in shard ${number}, which sessions.shards (DATABASE_SHARDS) does not have.`,
    );
    throw new UnavailableError({ cause, retryAfter: 1 });
  }

  /**
   * The stores of sessions, with that of the main database.
   * @internal
   */
  storesWith(main: Required<SessionStore>): SessionDatabases {
    return {
      numbers: [MAIN, ...this.all.map(({ number }) => number)],
      storeOf: (number) => (number === MAIN ? main : this.partsOf(number).sessions),
      forNew: () => {
        const pending = this.choice.fresh?.();
        return pending ? pending.then(() => this.forNew()) : this.forNew();
      },
      answers: (number) => number === MAIN || this.all[number - 1]!.answers,
      failed: (number, error) => this.all[number - 1]?.avoid(error),
    };
  }

  /**
   * The lists of revocations, with that of the main database.
   * @internal
   */
  listsWith(main: RevocationLists['main']): RevocationLists {
    const { all } = this;
    return {
      main,
      ofShard: (number) => this.partsOf(number).revocations,
      get reached() {
        return all.flatMap(({ reached }) => reached?.revocations ?? []);
      },
      watchShards: (watcher) => {
        const ends = all.map((shard) => shard.watch(watcher));
        return () => ends.forEach((end) => end());
      },
    };
  }

  /**
   * What the cleanup deletes. A shard that does not answer has its turn in the next run.
   * @internal
   */
  get expiring(): Expiring[] {
    return this.all.flatMap((shard) =>
      [0, 1].map((place) => {
        const table = () => shard.parts.expiring[place]!;
        return {
          countExpired: () => noneIfAway(() => table().countExpired()),
          deleteExpired: (limit: number) => noneIfAway(() => table().deleteExpired(limit)),
        };
      }),
    );
  }

  /** Any of the shards that all instances know, those that answer first; at worst, the main database. */
  private forNew(): number[] {
    const known = this.all.slice(0, this.all.length - this.choice.position);
    const start = known.length > 0 ? randomInt(known.length) : 0;
    const inTurn = [...known.slice(start), ...known.slice(0, start)];
    const [good, avoided] = [false, true].map((is) => inTurn.filter(({ isAvoided }) => isAvoided === is));
    return [...good!.map(({ number }) => number), MAIN, ...avoided!.map(({ number }) => number)];
  }
}

async function noneIfAway(count: () => Promise<number>): Promise<number> {
  try {
    return await count();
  } catch (error) {
    if (error instanceof UnavailableError) return 0;
    throw error;
  }
}

function problemOf(error: unknown): string {
  const { message } = error as Error;
  return error instanceof Error && error.name === 'Error' ? message : `cannot be used: ${message}`;
}
