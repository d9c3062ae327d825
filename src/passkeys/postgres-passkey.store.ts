import { randomBytes } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { StoredAccount } from '../actions/account.entity.js';
import { type Sql, sqlOn } from '../database/sql.js';
import { tableOf } from '../database/table-of.js';
import { isUuid } from '../database/uuid.js';
import { StoredPasskey } from './passkey.entity.js';
import {
  type AddOutcome,
  HANDLE_BYTES,
  type KnownPasskey,
  type NewPasskey,
  type Passkey,
  type PasskeyStore,
  type UseOutcome,
} from './passkey-store.js';

type Row = Omit<KnownPasskey, 'credentialId' | 'publicKey' | 'handle'> & {
  credentialId: string;
  publicKey: string;
  handle: string | null;
};

const COLUMNS = `id, passkey.user_id AS "userId", encode(credential_id, 'hex') AS "credentialId",
  encode(public_key, 'hex') AS "publicKey", counter::float8 AS counter, transports,
  backup_eligible AS "backupEligible", backed_up AS "backedUp", name, created_at AS "createdAt",
  last_used_at AS "lastUsedAt", suspended_at AS "suspendedAt"`;

/** An authenticator that does not count says 0 each time (WebAuthn §6.1.1). */
const GOES_ON = `($2::bigint > counter OR ($2::bigint = 0 AND counter = 0))`;

/** Passkeys in PostgreSQL: each change is one conditional statement on the database's clock. */
export class PostgresPasskeyStore implements PasskeyStore {
  private readonly table: string;
  private readonly accounts: string;
  private readonly sql: Sql;

  constructor(
    private readonly dataSource: DataSource,
    manager?: EntityManager,
  ) {
    this.table = tableOf(dataSource, StoredPasskey);
    this.accounts = tableOf(dataSource, StoredAccount);
    this.sql = sqlOn(dataSource, manager);
  }

  within(transaction: EntityManager): PostgresPasskeyStore {
    return new PostgresPasskeyStore(this.dataSource, transaction);
  }

  async handleOf(userId: string): Promise<Buffer> {
    const { rows } = await this.sql<{ handle: string }>(
      `INSERT INTO ${this.accounts} AS known (user_id, webauthn_handle) VALUES ($1, $2)
       ON CONFLICT (user_id) DO UPDATE SET webauthn_handle = COALESCE(known.webauthn_handle, excluded.webauthn_handle)
       RETURNING encode(webauthn_handle, 'hex') AS handle`,
      [userId, randomBytes(HANDLE_BYTES)],
    );
    return Buffer.from(rows[0]!.handle, 'hex');
  }

  async add(passkey: NewPasskey, most: number): Promise<AddOutcome> {
    const { id, userId, credentialId, publicKey, counter, transports, backupEligible, backedUp, name } =
      passkey;
    const { rows } = await this.sql<{ enough: boolean; added: boolean }>(
      `WITH owned AS (SELECT count(*) >= $10 AS enough FROM ${this.table} WHERE user_id = $2),
       added AS (
         INSERT INTO ${this.table} (id, user_id, credential_id, public_key, counter, transports, backup_eligible,
           backed_up, name, created_at)
         SELECT $1, $2, $3, $4, $5::bigint, $6, $7, $8, $9, clock_timestamp() FROM owned WHERE NOT enough
         ON CONFLICT (credential_id) DO NOTHING RETURNING id
       )
       SELECT enough, EXISTS (SELECT FROM added) AS added FROM owned`,
      [
        id,
        userId,
        Buffer.from(credentialId, 'base64url'),
        publicKey,
        counter,
        transports,
        backupEligible,
        backedUp,
        name,
        most,
      ],
    );
    const { enough, added } = rows[0]!;
    if (added) return 'added';
    return enough ? 'too-many' : 'taken';
  }

  async find(credentialId: string): Promise<KnownPasskey | null> {
    const { rows } = await this.sql<Row>(
      `SELECT ${COLUMNS}, encode(webauthn_handle, 'hex') AS handle FROM ${this.table} AS passkey
       LEFT JOIN ${this.accounts} AS account ON account.user_id = passkey.user_id WHERE credential_id = $1`,
      [Buffer.from(credentialId, 'base64url')],
    );
    const [row] = rows;
    return row ? { ...toPasskey(row), handle: row.handle === null ? null : fromHex(row.handle) } : null;
  }

  async listOf(userId: string): Promise<Passkey[]> {
    const { rows } = await this.sql<Row>(
      `SELECT ${COLUMNS}, NULL AS handle FROM ${this.table} AS passkey WHERE user_id = $1 ORDER BY created_at, id`,
      [userId],
    );
    return rows.map(toPasskey);
  }

  async use(id: string, { counter, backedUp }: { counter: number; backedUp: boolean }): Promise<UseOutcome> {
    const { count } = await this.sql(
      `UPDATE ${this.table} SET counter = $2::bigint, backed_up = $3, last_used_at = clock_timestamp()
       WHERE id = $1 AND suspended_at IS NULL AND ${GOES_ON}`,
      [id, counter, backedUp],
    );
    if (count === 1) return 'used';
    const live = await this.sql(`SELECT 1 FROM ${this.table} WHERE id = $1 AND suspended_at IS NULL`, [id]);
    return live.count === 1 ? 'regressed' : 'gone';
  }

  async suspend(id: string): Promise<boolean> {
    const text = `UPDATE ${this.table} SET suspended_at = clock_timestamp() WHERE id = $1 AND suspended_at IS NULL`;
    return (await this.sql(text, [id])).count === 1;
  }

  async rename(userId: string, id: string, name: string): Promise<boolean> {
    return this.changes(
      `UPDATE ${this.table} SET name = $3 WHERE user_id = $1 AND id = $2`,
      userId,
      id,
      name,
    );
  }

  async remove(userId: string, id: string): Promise<boolean> {
    return this.changes(`DELETE FROM ${this.table} WHERE user_id = $1 AND id = $2`, userId, id);
  }

  async removeOf(userId: string): Promise<number> {
    return (await this.sql(`DELETE FROM ${this.table} WHERE user_id = $1`, [userId])).count;
  }

  private async changes(text: string, userId: string, id: string, ...more: string[]): Promise<boolean> {
    return isUuid(id) && (await this.sql(text, [userId, id, ...more])).count === 1;
  }
}

function toPasskey({ credentialId, publicKey, handle: _handle, ...row }: Row): Passkey {
  return {
    ...row,
    credentialId: fromHex(credentialId).toString('base64url'),
    publicKey: fromHex(publicKey),
  };
}

function fromHex(hex: string): Buffer {
  return Buffer.from(hex, 'hex');
}
