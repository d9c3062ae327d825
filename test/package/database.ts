// The database of the hosts with TypeORM.
import { TypeOrmModule } from '@nestjs/typeorm';
import { authEntities, authMigrations } from 'latchkey';

export const database = TypeOrmModule.forRoot({
  type: 'postgres',
  url: process.env.DATABASE_URL!,
  entities: [...authEntities],
  migrations: [...authMigrations],
  migrationsRun: true,
});
