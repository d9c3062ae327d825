import { DataSource } from 'typeorm';
import { connectionLimit } from '../database/connection-limits.js';
import { detectPooler, type FoundPooler } from '../database/detect-pooler.js';
import { explainPooler, poolerProblem } from '../database/pooler-errors.js';
import { withoutPasswords } from '../database/without-passwords.js';
import { type Configuration, poolerModeOf } from '../settings/configuration.js';
import { serviceDatabase } from '../settings/database.js';
import { IN_THE_SERVICE } from './advice.js';

interface Finding {
  check: 'pooler' | 'connections' | 'database';
  state: 'ok' | 'warning' | 'problem';
  message: string;
}

/** One connection of each instance listens for notifications. */
const LISTENING = 1;

/** Checks what is in front of the server, and whether it allows enough connections. */
export async function examineConnections(
  source: DataSource,
  configuration: Configuration,
  url: string,
): Promise<Finding[]> {
  const found = await detectPooler(source);
  const pooler = await examinePooler(source, configuration, { found, url });
  if (found === 'statement') return pooler;
  return [...pooler, await examineLimits(source, configuration, found)];
}

async function examinePooler(
  source: DataSource,
  configuration: Configuration,
  { found, url }: { found: FoundPooler; url: string },
): Promise<Finding[]> {
  const mode = poolerModeOf(configuration);
  const findings: Finding[] = [];
  const add = (state: Finding['state'], message: string) =>
    findings.push({ check: 'pooler', state, message });
  const problem = poolerProblem(found, mode);
  if (problem) return [{ check: 'pooler', state: 'problem', message: problem }];
  const refused = found === 'pooled' && mode === undefined ? await refusal(url) : undefined;
  if (refused) return [refused];
  if (mode === 'transaction' && (await limitOf(source)) === '0')
    add(
      'warning',
      "PostgreSQL sets no limit to statements, and the pooler passes none on: run ALTER ROLE … SET statement_timeout = '900ms' for the user of DATABASE_URL",
    );
  const { auth } = configuration;
  const direct = typeof auth.pooler === 'object' ? auth.pooler.directUrl : undefined;
  if (direct) findings.push(await examineDirect(direct, source));
  else if (mode === 'transaction')
    add(
      'warning',
      'DATABASE_DIRECT_URL is not set: revocations of other instances take effect within two seconds instead of immediately, and changed keys within ten',
    );
  if (findings.length === 0 && (mode || found !== 'none'))
    add('ok', found === 'none' ? 'none is seen, which works as well' : `in ${mode ?? 'session'} mode`);
  return findings;
}

/** Why a connection fails that begins as without a pooler: because of the pooler, or of what is behind it. */
async function refusal(url: string): Promise<Finding | undefined> {
  try {
    const source = await new DataSource(serviceDatabase(url, { poolSize: 1 })).initialize();
    await source.destroy();
    return undefined;
  } catch (error) {
    const explained = explainPooler(error);
    return explained
      ? { check: 'pooler', state: 'problem', message: explained }
      : {
          check: 'database',
          state: 'problem',
          message: `${withoutPasswords((error as Error).message)}: ${IN_THE_SERVICE.database}`,
        };
  }
}

async function limitOf(source: DataSource): Promise<string> {
  const [row] = await source.query<[{ statement_timeout: string }]>('SHOW statement_timeout');
  return row.statement_timeout;
}

/** The direct URL must lead to the same database, and past the pooler. */
async function examineDirect(directUrl: string, source: DataSource): Promise<Finding> {
  const finding = (state: Finding['state'], message: string): Finding => ({
    check: 'pooler',
    state,
    message: `DATABASE_DIRECT_URL ${message}`,
  });
  try {
    const settings = { poolSize: 2, pooler: 'transaction' } as const;
    const direct = await new DataSource(serviceDatabase(directUrl, settings)).initialize();
    try {
      if ((await detectPooler(direct)) === 'transaction')
        return finding(
          'problem',
          'leads to a pooler in transaction mode too: write the address of PostgreSQL itself',
        );
      if ((await nameOf(direct)) !== (await nameOf(source)))
        return finding('problem', 'leads to another database than DATABASE_URL');
      return finding('ok', 'leads past the pooler');
    } finally {
      await direct.destroy();
    }
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    return finding(
      'problem',
      `cannot be used (${withoutPasswords(message || String(code))}): notifications do not arrive`,
    );
  }
}

async function nameOf(source: DataSource): Promise<string> {
  const [{ name }] = await source.query<[{ name: string }]>(
    `SELECT concat_ws(' ', (SELECT oid FROM pg_database WHERE datname = current_database()), current_database(), pg_postmaster_start_time()) AS name`,
  );
  return name;
}

async function examineLimits(
  source: DataSource,
  configuration: Configuration,
  found: FoundPooler,
): Promise<Finding> {
  const each = configuration.databasePoolSize + LISTENING;
  const needs = `an instance opens up to ${each} connections (DATABASE_POOL_SIZE and one for notifications)`;
  const finding = (state: Finding['state'], message: string): Finding => ({
    check: 'connections',
    state,
    message,
  });
  if (found === 'transaction')
    return finding(
      'ok',
      `${needs}: let the pooler's max_client_conn allow that for each instance; few servers are enough`,
    );
  const { allowed, by } = await connectionLimit(source);
  const instances = Math.floor(allowed / each);
  const pool =
    found === 'none' ? '' : `; the pooler's default_pool_size must be at least ${each} for each instance`;
  const message = `${needs}, and ${by} allows ${allowed}: enough for ${instances} ${instances === 1 ? 'instance' : 'instances'}${pool}`;
  return instances > 0
    ? finding('ok', message)
    : finding('problem', `${message}: lower DATABASE_POOL_SIZE, or raise that limit`);
}
