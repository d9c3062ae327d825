import type { INestApplicationContext } from '@nestjs/common';
import { type Account, AccountAdmin, type SlowedBy } from '../index.js';
import { done, type Outcome, table, timeOf } from './outcome.js';

export interface ListOptions {
  email?: string;
  locked?: boolean;
  disabled?: boolean;
  limit?: number;
  cursor?: string;
}

export async function listUsers(app: INestApplicationContext, options: ListOptions): Promise<Outcome> {
  const { email, locked, disabled, limit, cursor } = options;
  const page = await app.get(AccountAdmin).list({ email, locked, disabled, limit, cursor });
  if (page.items.length === 0) return done('No account matches.', page);
  const heading = ['id', 'email', 'name', 'roles', 'state', 'created'];
  const rows = page.items.map((account) => [
    account.id,
    account.email,
    account.name ?? '',
    account.roles.join(', '),
    stateOf(account),
    timeOf(account.createdAt),
  ]);
  const more = page.nextCursor ? `\n\nNext page: ${commandFor({ ...options, cursor: page.nextCursor })}` : '';
  return done(table(heading, rows) + more, page);
}

/** What prevents the user or others from logging in, or `active`. */
export function stateOf({ disabled, passwordOff, slowedBy }: Account): string {
  const slowed = slowedBy.filter(({ counter, off }) => !off || counter !== 'strangers');
  const reasons = [disabled && 'disabled', passwordOff && 'password off', ...new Set(slowed.map(reasonOf))];
  return reasons.filter(Boolean).join(', ') || 'active';
}

const NAMES = { strangers: 'strangers', device: 'a device', session: 'a session', factors: 'second factors' };

const reasonOf = ({ counter, off }: SlowedBy) => `${NAMES[counter]} ${off ? 'refused' : 'slowed down'}`;

function commandFor({ email, locked, disabled, limit, cursor }: ListOptions): string {
  const words = ['latchkey user list'];
  if (email !== undefined) words.push('--email', quoted(email));
  if (locked) words.push('--locked');
  if (disabled) words.push('--disabled');
  if (limit !== undefined) words.push('--limit', String(limit));
  if (cursor !== undefined) words.push('--cursor', cursor);
  return words.join(' ');
}

/** Quotes a word for the shell. */
const quoted = (word: string) => (/^[\w@.+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
