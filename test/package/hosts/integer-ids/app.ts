// An app with users already, which have integer ids and a company: registered with it, and shown with it.
import { Injectable, Module } from '@nestjs/common';
import { InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import { Length } from 'class-validator';
import {
  authEntities,
  authMigrations,
  AuthModule,
  type NewUser,
  RegisterDto,
  type UserRecord,
  type UserStore,
} from 'latchkey';
import type { Repository } from 'typeorm';
import { authOptions, OrdersController } from './shared.js';
import { CreateAppUsers1700000000000, Invoice, User } from './users.js';

class AppRegisterDto extends RegisterDto {
  @Length(1, 80) company: string;
}

type AppUser = UserRecord & { company: string };

@Injectable()
export class AppUserStore implements UserStore {
  constructor(@InjectRepository(User) private readonly users: Repository<User>) {}

  async findById(id: string) {
    return this.record(/^\d{1,9}$/.test(id) ? await this.users.findOneBy({ id: Number(id) }) : null);
  }

  async findByEmail(login: string) {
    return this.record(await this.users.findOneBy({ login }));
  }

  async create({ email: login, passwordHash: pass, fields }: NewUser) {
    const values = { login, pass, ...(fields as { company: string }) };
    const { raw } = await this.users.createQueryBuilder().insert().values(values).orIgnore().execute();
    return raw.length === 0 ? null : this.findByEmail(login);
  }

  async replacePasswordHash(id: string, pass: string, next: string) {
    const { affected } = await this.users.update({ id: Number(id), pass }, { pass: next });
    return affected === 1;
  }

  private record(user: User | null): AppUser | null {
    if (!user) return null;
    const { login: email, pass: passwordHash, since: createdAt, company } = user;
    const roles = email.startsWith('admin@') ? ['admin'] : [];
    const rights = { roles, permissions: [], disabled: false };
    return { id: `${user.id}`, email, name: null, passwordHash, ...rights, createdAt, company };
  }
}

const used = { users: false };
const users = TypeOrmModule.forFeature([User]);

@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: process.env.DATABASE_URL!,
      entities: [User, Invoice, ...authEntities(used)],
      migrations: [CreateAppUsers1700000000000, ...authMigrations(used)],
      migrationsRun: true,
    }),
    AuthModule.forRoot({
      ...authOptions,
      imports: [users],
      userStore: AppUserStore,
      registration: { dto: AppRegisterDto },
      userView: ({ company }: AppUser) => ({ company }),
    }),
  ],
  controllers: [OrdersController],
})
export class AppModule {}
