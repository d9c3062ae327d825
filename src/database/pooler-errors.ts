import type { DataSource } from 'typeorm';
import { detectPooler, type FoundPooler } from './detect-pooler.js';
import type { PoolerMode } from './pooling.js';

/** What the settings are called in a sentence. */
interface Names {
  leads: string;
  url: string;
  direct: string;
  set(mode: PoolerMode): string;
}

export const VARIABLES: Names = {
  leads: 'DATABASE_URL leads',
  url: 'DATABASE_URL',
  direct: 'DATABASE_DIRECT_URL',
  set: (mode) => `DATABASE_POOLER=${mode}`,
};

/** For a list of problems that begin with `database.url`. */
export const OPTIONS: Names = {
  leads: 'leads',
  url: 'it',
  direct: 'its directUrl',
  set: (mode) => `pooler: { mode: '${mode}' }`,
};

/** The settings do not fit the pooler. */
export class PoolerError extends Error {}

/** @throws PoolerError that says what to set */
export async function assertPooler(
  source: DataSource,
  mode: PoolerMode | undefined,
  names = VARIABLES,
): Promise<void> {
  const problem = poolerProblem(await detectPooler(source), mode, names);
  if (problem) throw new PoolerError(problem);
}

/** Why Latchkey cannot work with this pooler and these settings, and what to set; `undefined` if it can. */
export function poolerProblem(
  found: FoundPooler,
  mode: PoolerMode | undefined,
  { leads, direct, set } = VARIABLES,
): string | undefined {
  if (found === 'statement')
    return (
      `${leads} to a connection pooler in statement mode, which allows no transactions: set its pool_mode to ` +
      `transaction (and ${set('transaction')}) or to session (and ${set('session')})`
    );
  if (found === 'transaction' && mode !== 'transaction')
    return (
      `${leads} to a connection pooler in transaction mode: set ${set('transaction')}, and ${direct} to an address of ` +
      'PostgreSQL itself if there is one'
    );
  return undefined;
}

/** What a pooler says about a connection that begins as if there were no pooler; `undefined` for any other error. */
export function explainPooler(error: unknown, names = VARIABLES): string | undefined {
  const { message = '', code } = (error ?? {}) as { message?: string; code?: string };
  const [, parameter] = /unsupported startup parameter(?: in options)?: (\S+)/.exec(message) ?? [];
  const { leads, url, set } = names;
  if (parameter)
    return (
      `${leads} to a connection pooler that refuses the parameter ${parameter}: set ${set('transaction')} or ` +
      `${set('session')}, as its pool_mode says, and leave ${parameter} out of ${url}`
    );
  if (/transaction blocks not allowed/i.test(message)) return poolerProblem('statement', undefined, names);
  if (code === '42P05' || code === '26000') return poolerProblem('transaction', undefined, names);
  return undefined;
}
