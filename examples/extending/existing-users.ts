// Users that exist already: integer ids, user names per tenant, soft deletion, and roles in their own table.
import { createHash } from 'node:crypto';
import { Body, Controller, HttpCode, Injectable, Post } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { AuthModule, AuthService, type NewUser, type UserRecord, type UserStore } from 'latchkey';
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
    await this.database.query(
      `INSERT INTO members (login_address, full_name, pass) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
      [email, name, passwordHash],
    );
    const member = await this.findByEmail(email);
    return member?.passwordHash === passwordHash ? member : null;
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

/** An address that is unique for a user name within a tenant. Nothing is ever sent to it. */
export function addressOf(tenant: string, userName: string): string {
  const key = JSON.stringify([tenant, userName.toLowerCase()]);
  return `${createHash('sha256').update(key).digest('hex')}@members.invalid`;
}

/** The login form of this app: tenant, user name and password. */
@Controller('members')
export class MemberLoginController {
  constructor(private readonly auth: AuthService) {}

  @Post('login')
  @HttpCode(200)
  async login(@Body() { tenant, userName, password }: Record<string, unknown>) {
    const email = addressOf(String(tenant), String(userName));
    const { user, tokens } = await this.auth.login({ email, password: String(password) });
    return { id: user.id, name: user.name, ...tokens };
  }
}

export const authModule = AuthModule.forRoot({
  jwt: {
    accessSecret: process.env.JWT_ACCESS_SECRET!,
    refreshSecret: process.env.JWT_REFRESH_SECRET!,
  },
  userStore: MemberStore,
});
