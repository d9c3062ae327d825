// Users in a table of Drizzle. Nothing here is TypeORM: Latchkey brings its own connection.
import { Inject, Injectable, Module } from '@nestjs/common';
import { and, eq } from 'drizzle-orm';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { AuthModule, type NewUser, type UserRecord, type UserStore } from 'latchkey';
import { users } from './drizzle-schema.js';

const DATABASE = 'drizzle';
const url = process.env.DATABASE_URL!;
const ID = /^[1-9]\d{0,8}$/; // the text of an integer id; PostgreSQL would refuse any other

@Injectable()
export class DrizzleUserStore implements UserStore {
  constructor(@Inject(DATABASE) private readonly db: NodePgDatabase) {}

  async findById(id: string): Promise<UserRecord | null> {
    return ID.test(id) ? toRecord(await this.db.select().from(users).where(eq(users.id, +id))) : null;
  }
  async findByEmail(email: string): Promise<UserRecord | null> {
    return toRecord(await this.db.select().from(users).where(eq(users.email, email)));
  }
  async create(user: NewUser): Promise<UserRecord | null> {
    return toRecord(await this.db.insert(users).values(user).onConflictDoNothing().returning());
  }
  async replacePasswordHash(id: string, expected: string, next: string): Promise<boolean> {
    if (!ID.test(id)) return false;
    const isExpected = and(eq(users.id, +id), eq(users.passwordHash, expected));
    return (await this.db.update(users).set({ passwordHash: next }).where(isExpected)).rowCount === 1;
  }
}

function toRecord([row]: (typeof users.$inferSelect)[]): UserRecord | null {
  return row ? { ...row, id: String(row.id) } : null;
}

@Module({ providers: [{ provide: DATABASE, useFactory: () => drizzle(url) }], exports: [DATABASE] })
export class DatabaseModule {}

export const authModule = AuthModule.forRoot({
  database: { url },
  jwt: { accessSecret: process.env.JWT_ACCESS_SECRET!, refreshSecret: process.env.JWT_REFRESH_SECRET! },
  userStore: DrizzleUserStore,
  imports: [DatabaseModule],
});
