import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { authEntities, authMigrations } from './src/index.js';

/** For TypeORM's command line only: `npm run migration:run` and its like set the address. */
export default new DataSource({
  type: 'postgres',
  url: process.env.DATABASE_URL,
  entities: [...authEntities],
  migrations: [...authMigrations],
});
