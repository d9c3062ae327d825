// The app of somebody who installs the package: one file for every host, ES module or CommonJS.
import 'reflect-metadata';
import { Controller, Delete, Get, Module, UseGuards } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  authEntities,
  authMigrations,
  AuthModule,
  type AuthUser,
  CurrentUser,
  JwtAuthGuard,
  Roles,
  type UserRecord,
  type UserStore,
} from 'latchkey';

@Controller('orders')
@UseGuards(JwtAuthGuard)
class OrdersController {
  @Get()
  list(@CurrentUser() user: AuthUser) {
    return { owner: user.id };
  }

  @Roles('admin')
  @Delete()
  removeAll() {
    return { removed: true };
  }
}

/** Users stored elsewhere: here, in a list. */
class OwnUsers implements UserStore {
  private readonly users: UserRecord[] = [];

  async findById(id: string) {
    return this.users.find((user) => user.id === id) ?? null;
  }

  async findByEmail(email: string) {
    return this.users.find((user) => user.email === email) ?? null;
  }

  async create({ email, name, passwordHash }: Pick<UserRecord, 'email' | 'name' | 'passwordHash'>) {
    if (await this.findByEmail(email)) return null;
    const roles = email.startsWith('admin') ? ['admin'] : [];
    const user = { id: `user-${this.users.length}`, email, name, passwordHash, roles, permissions: [] };
    this.users.push({ ...user, disabled: false, createdAt: new Date() });
    return this.findByEmail(email);
  }

  async replacePasswordHash(id: string, expected: string, next: string) {
    const user = await this.findById(id);
    if (user?.passwordHash !== expected) return false;
    user.passwordHash = next;
    return true;
  }
}

const ownUsers = process.env.OWN_USERS === 'yes';

@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: process.env.DATABASE_URL,
      entities: [...authEntities],
      migrations: [...authMigrations],
      migrationsRun: true,
    }),
    AuthModule.forRoot({
      jwt: {
        algorithm: 'HS256',
        accessSecret: process.env.JWT_ACCESS_SECRET!,
        refreshSecret: process.env.JWT_REFRESH_SECRET!,
      },
      sessions: { leeway: '1s' },
      passwords: { bcryptCost: 10 },
      ...(ownUsers && { userStore: OwnUsers }),
    }),
  ],
  controllers: [OrdersController],
})
export class AppModule {}
