import { Body, Controller, Get, HttpCode, Injectable, Module, Post, UseGuards } from '@nestjs/common';
import { InjectDataSource, TypeOrmModule } from '@nestjs/typeorm';
import { Expose, Transform } from 'class-transformer';
import { IsIn, Matches } from 'class-validator';
import { authEntities, authMigrations, AuthModule, AuthService, CurrentUser } from '../../src/index.js';
import { JwtAuthGuard, type NewUser, RegisterDto, type UserRecord, type UserStore } from '../../src/index.js';
import type { DataSource } from 'typeorm';

const SELECT = `SELECT id::text, user_name || '@members.invalid' AS email, full_name AS name, false AS disabled,
  pass AS "passwordHash", '{}'::text[] AS roles, '{}'::text[] AS permissions, joined_at AS "createdAt", user_name, team
  FROM members`;
const nameOf = (address: string) => address.replace('@members.invalid', '');
const addressOf = (name: unknown) => `${String(name).toLowerCase()}@members.invalid`;

@Injectable()
export class MemberStore implements UserStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}
  async findById(id: string): Promise<UserRecord | null> {
    return /^[1-9]\d{0,8}$/.test(id) ? this.one(`${SELECT} WHERE id = $1`, [id]) : null;
  }
  findByEmail(address: string) {
    return this.one(`${SELECT} WHERE user_name = $1`, [nameOf(address)]);
  }
  async create({ email, name, passwordHash, fields }: NewUser): Promise<UserRecord | null> {
    const sql = `INSERT INTO members (user_name, full_name, pass, team) VALUES ($1, $2, $3, $4)
      ON CONFLICT DO NOTHING RETURNING id`;
    const [row] = await this.database.query(sql, [nameOf(email), name, passwordHash, fields?.team]);
    return row ? this.findById(String(row.id)) : null;
  }
  async replacePasswordHash(id: string, expected: string, next: string): Promise<boolean> {
    const sql = 'UPDATE members SET pass = $3 WHERE id = $1 AND pass = $2';
    return (await this.database.query(sql, [id, expected, next]))[1] === 1;
  }
  private async one(sql: string, values: unknown[]): Promise<UserRecord | null> {
    return (await this.database.query(sql, values))[0] ?? null;
  }
}

export class MemberDto extends RegisterDto {
  @Matches(/^[a-z][a-z0-9]{2,19}$/)
  userName: string;
  @IsIn(['red', 'blue'])
  team: string;
  @Expose()
  @Transform(({ obj }: { obj: MemberDto }) => addressOf(obj.userName))
  override email = '';
}

@Controller()
export class MemberController {
  constructor(private readonly auth: AuthService) {}
  @Post('login')
  @HttpCode(200)
  async login(@Body() { userName, password }: Record<string, unknown>) {
    const end = await this.auth.login({ email: addressOf(userName), password: String(password) });
    return end.outcome === 'signed-in' ? end.tokens : end.outcome;
  }
  @Get('whoami')
  @UseGuards(JwtAuthGuard)
  whoami(@CurrentUser('id') id: string) {
    return { id };
  }
}

const used = { users: false };
@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: process.env.OWN_USERS_DATABASE,
      entities: authEntities(used),
      migrations: authMigrations(used),
      migrationsRun: true,
    }),
    AuthModule.forRoot({
      jwt: { accessSecret: process.env.OWN_USERS_ACCESS!, refreshSecret: process.env.OWN_USERS_REFRESH! },
      userStore: MemberStore,
      registration: { dto: MemberDto },
      userView: ({ user_name: email, team }: UserRecord & Record<'user_name' | 'team', string>) => ({
        email,
        team,
      }),
    }),
  ],
  controllers: [MemberController],
})
export class AppModule {}
