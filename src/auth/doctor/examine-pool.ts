import type { DataSource } from 'typeorm';
import { connectionLimit } from '../../database/connection-limits.js';
import type { Finding } from './finding.js';

/** One connection more listens for notifications. */
const LISTENING = 1;

/** Checks that the pool of an app may open all its connections; says nothing if so. */
export async function examinePool(source: DataSource): Promise<Finding[]> {
  const { master } = source.driver as unknown as { master: { options?: { max?: number } } };
  const each = (master.options?.max ?? 0) + LISTENING;
  const limit = await connectionLimit(source).catch(() => undefined);
  if (!limit || each <= limit.allowed) return [];
  const message =
    `the app opens up to ${each} connections, but ${limit.by} allows ${limit.allowed}: ` +
    'lower poolSize, or raise that limit';
  return [{ check: 'connections', state: 'problem', message }];
}
