import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { BatchedRead } from '../database/batched-read.js';
import { tableOf } from '../database/table-of.js';
import { isUuid } from '../database/uuid.js';
import { unavailableWhenDown } from '../errors/database-errors.js';
import type { NewUser, UserRecord, UserStore } from './user-store.js';
import { User } from './user.entity.js';

const RECORD = `id, email, name, roles, permissions, password_hash AS "passwordHash",
  disabled_at IS NOT NULL AS disabled, created_at AS "createdAt"`;

/** What is not given stays as it is. */
export interface UserChanges {
  disabled?: boolean;
  roles?: string[];
  permissions?: string[];
}

/**
 * Users in the table of the {@link User} entity. Throws `UnavailableError` when the database is away. In SQL, because
 * each refresh reads a user: a repository takes twice the time for it, and one query serves all who ask at once.
 */
export class TypeOrmUserStore implements UserStore {
  private readonly table: string;
  private readonly byId: BatchedRead<UserRecord>;

  constructor(private readonly dataSource: DataSource) {
    this.table = tableOf(dataSource, User);
    this.byId = new BatchedRead(dataSource, `SELECT ${RECORD} FROM ${this.table} WHERE id = ANY($1::uuid[])`);
  }

  /** The user of this id; of one that is no UUID `null`, without asking. */
  async findById(id: string): Promise<UserRecord | null> {
    if (!isUuid(id)) return null;
    const user = await this.byId.find(id);
    if (!user) return null;
    // Others who asked at once have the same object.
    const { roles, permissions, createdAt } = user;
    return { ...user, roles: [...roles], permissions: [...permissions], createdAt: new Date(createdAt) };
  }

  /** The user with this address, which is canonical. */
  async findByEmail(canonicalEmail: string): Promise<UserRecord | null> {
    const sql = `SELECT ${RECORD} FROM ${this.table} WHERE email = $1`;
    const rows = await this.query<UserRecord[]>(sql, [canonicalEmail]);
    return rows[0] ?? null;
  }

  async create({ email, name, passwordHash }: NewUser): Promise<UserRecord | null> {
    const rows = await this.query<UserRecord[]>(
      `INSERT INTO ${this.table} (id, email, name, password_hash) VALUES ($1, $2, $3, $4)
       ON CONFLICT (email) DO NOTHING RETURNING ${RECORD}`,
      [randomUUID(), email, name, passwordHash],
    );
    return rows[0] ?? null;
  }

  async replacePasswordHash(id: string, expected: string, next: string): Promise<boolean> {
    if (!isUuid(id)) return false;
    const [, affected] = await this.query<[unknown[], number]>(
      `UPDATE ${this.table} SET password_hash = $3, updated_at = now() WHERE id = $1 AND password_hash = $2`,
      [id, expected, next],
    );
    return affected === 1;
  }

  /** What an administration does to a user; no part of the port. False when there is no such user. */
  async update(id: string, { disabled, roles, permissions }: UserChanges): Promise<boolean> {
    if (!isUuid(id)) return false;
    const [, affected] = await this.query<[unknown[], number]>(
      `UPDATE ${this.table} SET updated_at = now(), roles = COALESCE($2, roles),
         permissions = COALESCE($3, permissions),
         disabled_at = CASE $4::boolean WHEN true THEN COALESCE(disabled_at, now()) WHEN false THEN NULL
           ELSE disabled_at END
       WHERE id = $1`,
      [id, roles ?? null, permissions ?? null, disabled ?? null],
    );
    return affected === 1;
  }

  private query<T>(sql: string, parameters: unknown[]): Promise<T> {
    return unavailableWhenDown(() => this.dataSource.query<T>(sql, parameters));
  }
}
