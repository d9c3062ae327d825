// The schema of the app, as `drizzle-kit push` reads it.
import { boolean, pgTable, serial, text, timestamp } from 'drizzle-orm/pg-core';

export const users = pgTable('users', {
  id: serial().primaryKey(),
  email: text().notNull().unique(),
  name: text(),
  passwordHash: text('password_hash'),
  roles: text().array().notNull().default([]),
  permissions: text().array().notNull().default([]),
  disabled: boolean().notNull().default(false),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
});
