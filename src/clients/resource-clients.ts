import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { runStatement } from '../database/statement.js';
import { tableOf } from '../database/table-of.js';
import { ResourceClient } from './resource-client.entity.js';

const SECRET_BYTES = 32;
const ID = /^[\w.-]{1,100}$/;

/** The registered resource servers. All methods throw `UnavailableError` when the database is unavailable. */
export class ResourceClients {
  private readonly table: string;

  constructor(private readonly dataSource: DataSource) {
    this.table = tableOf(dataSource, ResourceClient);
  }

  /**
   * Registers a resource server. Returns its secret, which is stored only as a hash and cannot be shown again.
   * @returns `null` when the id is taken
   * @throws Error when the id does not consist of 1 to 100 letters, digits, `.`, `_` and `-`
   */
  async create(id: string): Promise<{ id: string; secret: string } | null> {
    if (!ID.test(id))
      throw new Error('A client id must consist of 1 to 100 letters, digits, dots, "_" and "-"');
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    const rows = await this.query(
      `INSERT INTO ${this.table} (id, secret_hash, created_at) VALUES ($1, $2, now())
       ON CONFLICT DO NOTHING RETURNING id`,
      [id, hash(secret)],
    );
    return rows.length > 0 ? { id, secret } : null;
  }

  /** Returns all clients, sorted by id, without their secrets. */
  async list(): Promise<{ id: string; createdAt: Date }[]> {
    return this.query(`SELECT id, created_at AS "createdAt" FROM ${this.table} ORDER BY id`, []);
  }

  /** Removes a client. Returns false when there is no client with this id. */
  async remove(id: string): Promise<boolean> {
    const rows = await this.query(`DELETE FROM ${this.table} WHERE id = $1 RETURNING id`, [id]);
    return rows.length > 0;
  }

  /** Whether `secret` is the secret of this client; compared in constant time. */
  async verify(id: string, secret: string): Promise<boolean> {
    if (!ID.test(id)) return false;
    const [found] = await this.query<{ hash: string }>(
      `SELECT secret_hash AS hash FROM ${this.table} WHERE id = $1`,
      [id],
    );
    return found !== undefined && timingSafeEqual(Buffer.from(found.hash), Buffer.from(hash(secret)));
  }

  private async query<Row>(text: string, values: unknown[]): Promise<Row[]> {
    return (await runStatement<Row>(this.dataSource, { text, values })).rows;
  }
}

function hash(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
