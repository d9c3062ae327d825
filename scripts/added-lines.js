// How much an app's owner writes before the first route is protected.
import assert from 'node:assert/strict';
import { blocksOf } from './guide-blocks.js';

const MOST_LINES_WITH_OWN_USERS = 40;
const OWN_USERS_GUIDE = 'docs/existing-users.md';

/** What an app with users has before: its connection, with its entities and migrations. */
const CONNECTION = `
import { TypeOrmModule } from '@nestjs/typeorm';
export const database = TypeOrmModule.forRoot({
  type: 'postgres',
  url: process.env.DATABASE_URL,
  migrationsRun: true,
`;
/** `import { JwtAuthGuard } …`, `UseGuards` among the imports, `@UseGuards(JwtAuthGuard)`, and `authModule` in the app's module. */
const LINES_OF_THE_ROUTE = 4;

/** Lines that the reader writes: without comments and without lines that only close a bracket. */
export function addedLines(before, after) {
  const known = new Set(before.split('\n').map((line) => line.trim()));
  const isCode = (line) => /\w/.test(line) && !/^(\/\/|\/\*|\*)/.test(line);
  return after
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => isCode(line) && !known.has(line)).length;
}

/** Says how many lines the guide for apps with users of their own needs. @throws if these are more than promised */
export function checkLinesWithOwnUsers() {
  const blocks = blocksOf(OWN_USERS_GUIDE);
  const { code: tables } = blocks.find(({ code }) => code.includes('authEntities(used)'));
  const { code: store } = blocks.find(({ code }) => code.includes('implements UserStore'));
  const lines = addedLines(CONNECTION, tables) + addedLines('', store) + LINES_OF_THE_ROUTE;
  console.log(`${OWN_USERS_GUIDE}: with users of the app, the first route is protected by ${lines} lines`);
  assert.ok(lines <= MOST_LINES_WITH_OWN_USERS, `more than ${MOST_LINES_WITH_OWN_USERS}`);
}
