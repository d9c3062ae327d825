import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { clusterAt } from '../../../src/embedded-postgres/cluster.js';
import { startEmbeddedPostgres } from '../../../src/embedded-postgres/embedded-postgres.js';
import { choosePlace } from '../../../src/embedded-postgres/place.js';
import { readPostmasterPid } from '../../../src/embedded-postgres/postmaster-pid.js';
import { mayServe } from '../../../src/embedded-postgres/process.js';
import { run } from '../../../src/embedded-postgres/run.js';
import { openScratchFolder } from '../../support/embedded-postgres.js';
import { until } from '../../support/until.js';

export interface OwnPostgres {
  url: string;
  port: number;
  /** One query on a separate connection, which no restart has cut. */
  query<T>(sql: string, parameters?: unknown[]): Promise<T[]>;
  /** Stops it and starts it again on the same port: `fast` tells its clients, `immediate` does not. */
  restart(mode: 'fast' | 'immediate'): Promise<void>;
  stop(mode: 'fast' | 'immediate'): Promise<void>;
  /** `kill -9` of the postmaster; {@link restart} brings it back. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

/**
 * A PostgreSQL of this suite that may be stopped in any way. What it acknowledged has been written to the
 * operating system, so it survives the death of its processes, as it would survive a power failure with `fsync` on.
 */
export async function startOwnPostgres(): Promise<OwnPostgres> {
  const scratch = await openScratchFolder();
  const dataDir = join(scratch.folder, 'data');
  const log = () => undefined;
  const settings = { fsync: 'off', full_page_writes: 'off', max_connections: '200' };
  const { url, folder } = await startEmbeddedPostgres({ dataDir, settings, log });

  const passwordFile = join(dataDir, 'postgres-password');
  const password = (await readFile(passwordFile, 'utf8')).trim();
  const cluster = clusterAt(await choosePlace(dataDir, password, log), password, passwordFile);
  const control = async (action: 'restart' | 'stop', mode: string) => {
    const args = [
      action,
      '-D',
      folder,
      '-m',
      mode,
      '-w',
      ...(action === 'restart' ? ['-l', cluster.logFile] : []),
    ];
    const options = { user: cluster.user, detached: true, limit: 60_000 };
    const { ok, output } = await run(cluster.binaries.pgCtl, args, options);
    if (!ok) throw new Error(`pg_ctl ${action}: ${output}`);
  };
  return {
    url,
    port: Number(new URL(url).port),
    query: async <T>(sql: string, parameters: unknown[] = []) => {
      const source = await new DataSource({ type: 'postgres', url, extra: { max: 1 } }).initialize();
      try {
        return await source.query<T[]>(sql, parameters);
      } finally {
        await source.destroy();
      }
    },
    restart: (mode) => persist(() => control('restart', mode)),
    stop: (mode) => control('stop', mode),
    kill: async () => {
      const { pid } = (await readPostmasterPid(folder))!;
      process.kill(pid, 'SIGKILL');
      await until(async () => !(await mayServe(pid, folder)));
    },
    close: () => scratch.close(),
  };
}

/** The children of a killed server take a moment to notice; until then, no other server may use its files. */
async function persist(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 10) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
