import type { ServerAddress } from './server-url.js';

/** The code of PostgreSQL for a statement that a read-only server refuses, such as a standby. */
export const READ_ONLY = '25006';

/** The next server is asked too when one has not answered within this time. */
const STAGGER_MS = 250;
/** Connections are thrown away no more often than this: a server may stay read-only for hours. */
const ABANDON_MS = { ofSeveral: 1_000, ofOne: 5_000 };

interface Failure extends Error {
  code?: string;
}

/** An open connection, which can be cut. */
export interface Cuttable {
  cut(): void;
}

/**
 * The servers of one data source, of which at most one accepts writes. Remembers which one that is until it fails, so
 * that a new connection costs no search.
 */
export class Servers {
  private readonly open = new Set<Cuttable>();
  private known: ServerAddress | undefined;
  private search: Promise<ServerAddress> | undefined;
  private abandonedAt = -Infinity;

  /** @param writable whether a read-only server will not do */
  constructor(
    private readonly list: readonly ServerAddress[],
    readonly writable: boolean,
  ) {
    if (list.length === 1) this.known = list[0];
  }

  /**
   * Returns the server to connect to; `undefined` if the URL names none. All who ask during a search share it.
   * @param probe rejects if the server cannot be used
   * @throws Error that names each server and why it cannot be used
   */
  async current(probe: (server: ServerAddress) => Promise<void>): Promise<ServerAddress | undefined> {
    if (this.known || this.list.length === 0) return this.known;
    this.search ??= firstOf(this.list, probe).finally(() => (this.search = undefined));
    this.known = await this.search;
    return this.known;
  }

  /** The next connection looks for a server again. */
  forget(): void {
    if (this.list.length > 1) this.known = undefined;
  }

  /** Cuts all connections: they lead to a server that has become read-only, and new ones may reach its successor. */
  abandon(): void {
    this.forget();
    const pause = this.list.length > 1 ? ABANDON_MS.ofSeveral : ABANDON_MS.ofOne;
    if (performance.now() - this.abandonedAt < pause) return;
    this.abandonedAt = performance.now();
    for (const connection of this.open) connection.cut();
  }

  opened(connection: Cuttable): void {
    this.open.add(connection);
  }

  closed(connection: Cuttable): void {
    this.open.delete(connection);
  }
}

/** The first server that can be used. Asks in order, and does not wait for one that is silent. */
function firstOf(
  list: readonly ServerAddress[],
  probe: (server: ServerAddress) => Promise<void>,
): Promise<ServerAddress> {
  return new Promise((resolve, reject) => {
    const failures: Failure[] = [];
    let asked = 0;
    let failed = 0;
    let timer: NodeJS.Timeout | undefined;
    const askNext = () => {
      clearTimeout(timer);
      const index = asked++;
      const server = list[index];
      if (!server) return;
      timer = setTimeout(askNext, STAGGER_MS);
      probe(server).then(
        () => {
          clearTimeout(timer);
          asked = list.length;
          resolve(server);
        },
        (failure: Failure) => {
          failures[index] = failure;
          if (++failed === list.length) reject(noneOf(list, failures));
          else askNext();
        },
      );
    };
    askNext();
  });
}

function noneOf(list: readonly ServerAddress[], failures: readonly Failure[]): Error {
  // A wrong password says more than that the other servers are standbys.
  const telling = failures.find(({ code = '' }) => /^(?:28|3D)/.test(code));
  if (telling) return telling;
  const reasons = list.map(({ host, port }, index) => {
    const { code, message } = failures[index]!;
    return `${host}:${port} ${code === READ_ONLY ? 'is read-only' : `cannot be reached (${code ?? message})`}`;
  });
  const code = failures.find((failure) => failure.code === READ_ONLY)?.code ?? failures[0]!.code ?? '08001';
  return Object.assign(new Error(`No server of the database accepts writes: ${reasons.join(', ')}`), {
    code,
  });
}
