// Users in a model of Prisma. Nothing here is TypeORM: Latchkey brings its own connection.
import { Injectable, Module } from '@nestjs/common';
import { AuthModule, type NewUser, type UserRecord, type UserStore } from 'latchkey';
import { PrismaService } from './prisma-service.js'; // extends PrismaClient, as the documentation of Nest shows

@Injectable()
export class PrismaUserStore implements UserStore {
  constructor(private readonly prisma: PrismaService) {}

  findById(id: string): Promise<UserRecord | null> {
    // PostgreSQL refuses NUL in a text.
    return id.includes('\0') ? Promise.resolve(null) : this.prisma.user.findUnique({ where: { id } });
  }
  findByEmail(email: string): Promise<UserRecord | null> {
    return this.prisma.user.findUnique({ where: { email } });
  }
  async create(data: NewUser): Promise<UserRecord | null> {
    // An address that is taken is skipped: P2002 need not be caught.
    const [user] = await this.prisma.user.createManyAndReturn({ data: [data], skipDuplicates: true });
    return user ?? null;
  }
  async replacePasswordHash(id: string, expected: string, next: string): Promise<boolean> {
    if (id.includes('\0')) return false;
    const where = { id, passwordHash: expected };
    return (await this.prisma.user.updateMany({ where, data: { passwordHash: next } })).count === 1;
  }
}

@Module({ providers: [PrismaService], exports: [PrismaService] })
class PrismaModule {}

export const authModule = AuthModule.forRoot({
  database: { url: process.env.DATABASE_URL! },
  jwt: { accessSecret: process.env.JWT_ACCESS_SECRET!, refreshSecret: process.env.JWT_REFRESH_SECRET! },
  userStore: PrismaUserStore,
  imports: [PrismaModule],
});
