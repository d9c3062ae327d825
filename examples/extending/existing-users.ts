// Users that exist already: integer ids, soft deletion, and roles in their own table.
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { AuthModule, type NewUser, type UserRecord, type UserStore } from 'latchkey';
import type { DataSource } from 'typeorm';

/** Latchkey's names for your columns. The id is text there, and the address is what identifies a login. */
const SELECT = `SELECT m.id::text AS id, m.login_address AS email, m.full_name AS name, m.pass AS "passwordHash",
    m.deleted_at IS NOT NULL AS disabled, m.joined_at AS "createdAt", ARRAY[]::text[] AS permissions,
    ARRAY(SELECT r.role FROM member_roles r WHERE r.member_id = m.id ORDER BY r.role) AS roles
  FROM members m`;

/** The text of an integer id; any other text is no id of this table, and PostgreSQL would refuse it. */
const ID = /^[1-9]\d{0,8}$/;

@Injectable()
export class MemberStore implements UserStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async findById(id: string): Promise<UserRecord | null> {
    return ID.test(id) ? this.one(`${SELECT} WHERE m.id = $1`, [id]) : null;
  }

  findByEmail(address: string): Promise<UserRecord | null> {
    return this.one(`${SELECT} WHERE m.login_address = $1`, [address]);
  }

  async create({ email, name, passwordHash }: NewUser): Promise<UserRecord | null> {
    const sql = `INSERT INTO members (login_address, full_name, pass) VALUES ($1, $2, $3)
      ON CONFLICT DO NOTHING RETURNING id::text AS id`;
    const added = await this.one(sql, [email, name, passwordHash]);
    return added && this.findById(added.id);
  }

  async replacePasswordHash(id: string, expected: string, next: string): Promise<boolean> {
    const sql = 'UPDATE members SET pass = $3 WHERE id = $1 AND pass = $2';
    const [, changed] = ID.test(id) ? await this.database.query(sql, [id, expected, next]) : [[], 0];
    return changed === 1;
  }

  private async one(sql: string, values: unknown[]): Promise<UserRecord | null> {
    const rows: UserRecord[] = await this.database.query(sql, values);
    return rows[0] ?? null;
  }
}

export const authModule = AuthModule.forRoot({
  jwt: { accessSecret: process.env.JWT_ACCESS_SECRET!, refreshSecret: process.env.JWT_REFRESH_SECRET! },
  userStore: MemberStore,
});
