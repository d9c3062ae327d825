import type { DataSource, EntityManager } from 'typeorm';
import { runStatement } from '../database/statement.js';
import { tableOf } from '../database/table-of.js';
import { unavailableWhenDown } from '../errors/database-errors.js';
import { StoredSigningKey } from './signing-key.entity.js';

/** The channel on which instances notify each other that the ring has changed. */
export const KEYS_CHANGED = 'latchkey_keys';

/** An arbitrary number, the same for all instances. */
const RING_LOCK = 7_246_352;

export interface NewKey {
  kid: string;
  algorithm: string;
  privateKey: string;
}

export interface KeyDescription {
  algorithm?: string;
  since?: number;
}

export interface RingSnapshot {
  keys: StoredSigningKey[];
  /** The database's time of the query. */
  now: Date;
}

/**
 * The key ring in PostgreSQL. Each change is one transaction under an advisory lock, on the database's clock, and
 * notifies all instances when it commits. All methods throw `UnavailableError` when the database is unavailable.
 */
export class SigningKeyStore {
  private readonly table: string;

  /** @param keepRetired seconds for which a retired key still verifies: until its last token has expired */
  constructor(
    private readonly dataSource: DataSource,
    private readonly keepRetired: number,
  ) {
    this.table = tableOf(dataSource, StoredSigningKey);
  }

  async load(): Promise<RingSnapshot> {
    const { rows } = await runStatement<StoredSigningKey & { now: Date }>(this.dataSource, {
      text: `SELECT now() AS now, kid, algorithm, private_key AS "privateKey", active_at AS "activeAt",
           retired_at AS "retiredAt", remove_at AS "removeAt"
         FROM (SELECT 1) AS always LEFT JOIN ${this.table} ON remove_at IS NULL OR remove_at > now()
         ORDER BY active_at DESC`,
      values: [],
    });
    return { keys: rows.filter((row) => row.kid !== null), now: rows[0]!.now };
  }

  /**
   * Adds a key that becomes active in `activeIn` seconds and retires all others at that time. Does nothing if the ring
   * already has a key without a retirement date that matches `unless` (same algorithm; active for less than `since`
   * seconds, or pending), so that only one instance rotates when several find a rotation due.
   * @returns whether the key was added
   */
  async add(
    key: NewKey,
    { activeIn, unless }: { activeIn: number; unless?: KeyDescription },
  ): Promise<boolean> {
    return this.change(async (manager) => {
      if (unless && (await this.hasLasting(manager, unless))) return false;
      await manager.query(
        `UPDATE ${this.table} SET retired_at = now() + make_interval(secs => $1::float8),
           remove_at = now() + make_interval(secs => $1::float8 + $2::float8)
         WHERE retired_at IS NULL`,
        [activeIn, this.keepRetired],
      );
      await this.insert(manager, key, `now() + make_interval(secs => ${activeIn})`);
      return true;
    });
  }

  /**
   * Ends a key now: a `retired` key still verifies until its last token has expired, a `removed` one does not. If no
   * signing key is left, the next pending key takes over immediately, or `successor` if there is none.
   * @returns whether there was a key with this id
   */
  async end(kid: string, how: 'retired' | 'removed', successor: NewKey): Promise<boolean> {
    return this.change(async (manager) => {
      const [ended] = await manager.query<[unknown[], number]>(
        how === 'removed'
          ? `DELETE FROM ${this.table} WHERE kid = $1 RETURNING kid`
          : `UPDATE ${this.table} SET retired_at = LEAST(retired_at, now()),
               remove_at = LEAST(remove_at, now() + make_interval(secs => ${this.keepRetired}))
             WHERE kid = $1 RETURNING kid`,
        [kid],
      );
      if (ended.length === 0) return false;
      await this.fillGap(manager, successor);
      return true;
    });
  }

  /** Replaces a key's ciphertext `from` with `to`, unless it has changed meanwhile. */
  async reencrypt(kid: string, from: string, to: string): Promise<void> {
    await unavailableWhenDown(() =>
      this.dataSource.query(`UPDATE ${this.table} SET private_key = $3 WHERE kid = $1 AND private_key = $2`, [
        kid,
        from,
        to,
      ]),
    );
  }

  /** Deletes the keys whose last token has expired. */
  async deleteRemoved(): Promise<void> {
    await unavailableWhenDown(() =>
      this.dataSource.query(`DELETE FROM ${this.table} WHERE remove_at <= now()`),
    );
  }

  private async hasLasting(manager: EntityManager, { algorithm, since }: KeyDescription): Promise<boolean> {
    const found = await manager.query<unknown[]>(
      `SELECT 1 FROM ${this.table}
       WHERE retired_at IS NULL AND algorithm = COALESCE($1, algorithm)
         AND active_at > COALESCE(now() - make_interval(secs => $2::float8), '-infinity')`,
      [algorithm ?? null, since ?? null],
    );
    return found.length > 0;
  }

  private async fillGap(manager: EntityManager, successor: NewKey): Promise<void> {
    const [{ lasting, active }] = await manager.query<[{ lasting: string; active: string }]>(
      // As text, because the host may have changed how pg parses anything else.
      `SELECT COALESCE(bool_or(retired_at IS NULL), false)::text AS lasting,
         COALESCE(bool_or(active_at <= now() AND (retired_at IS NULL OR retired_at > now())), false)::text AS active
       FROM ${this.table}`,
    );
    if (lasting === 'false') {
      await this.insert(
        manager,
        successor,
        `COALESCE((SELECT max(retired_at) FROM ${this.table} WHERE retired_at > now() AND active_at <= now()), now())`,
      );
    } else if (active === 'false') {
      await manager.query(
        `UPDATE ${this.table} SET active_at = now() WHERE retired_at IS NULL AND active_at > now()`,
      );
    }
  }

  private async insert(manager: EntityManager, { kid, algorithm, privateKey }: NewKey, activeAt: string) {
    await manager.query(
      `INSERT INTO ${this.table} (kid, algorithm, private_key, active_at) VALUES ($1, $2, $3, ${activeAt})`,
      [kid, algorithm, privateKey],
    );
  }

  private change(work: (manager: EntityManager) => Promise<boolean>): Promise<boolean> {
    return unavailableWhenDown(() =>
      this.dataSource.transaction(async (manager) => {
        await manager.query('SELECT pg_advisory_xact_lock($1)', [RING_LOCK]);
        const changed = await work(manager);
        if (changed) await manager.query('SELECT pg_notify($1, $2)', [KEYS_CHANGED, '']);
        return changed;
      }),
    );
  }
}
