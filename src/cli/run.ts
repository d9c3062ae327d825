import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuthError, type ErrorDetail, UnavailableError } from '../index.js';
import {
  ConfigurationError,
  type DatabaseConfiguration,
  poolerModeOf,
  readConfiguration,
} from '../settings/configuration.js';
import { type CommandConfiguration, readCommandConfiguration } from '../settings/command-configuration.js';
import { explainPooler } from '../database/pooler-errors.js';
import { PendingMigrationsError, pendingOf } from '../settings/database.js';
import { openDatabase } from '../settings/open-database.js';
import { CliModule } from './cli.module.js';
import type { Io } from './io.js';
import { EXIT, type ExitCode, failed, type Outcome } from './outcome.js';
import { NO_USERS } from './without-users.js';

export type Command = (app: INestApplicationContext, ...values: string[]) => Promise<Outcome>;

const silent = { info: () => undefined };

/** Progress does not belong to the output of a command. */
export const sayTo = (io: Io) => (line: string) => void io.stderr.write(`${line}\n`);

type Work = (app: INestApplicationContext) => Promise<Outcome>;

/**
 * Runs a command that needs only the database: in an app with the parts of the service but without HTTP, and with keys
 * that are worth nothing. No command migrates: it ends with an error if the schema is not up to date.
 */
export async function withApp(io: Io, work: Work): Promise<Outcome> {
  return runIn(readCommandConfiguration(io.env), work);
}

/** Does so for a command that needs our table of users. */
export async function withUsers(io: Io, work: Work): Promise<Outcome> {
  return runIn(readCommandConfiguration(io.env), work, { needsUsers: true });
}

/** Does so with the keys of the service. */
export async function withKeys(io: Io, work: Work): Promise<Outcome> {
  return runIn(readConfiguration(io.env), work);
}

async function runIn(
  configuration: CommandConfiguration,
  work: Work,
  { needsUsers = false } = {},
): Promise<Outcome> {
  return onDatabase(configuration, async (databaseUrl) => {
    const { auth, databaseSchema: schema } = configuration;
    const users = await findUsers(databaseUrl, configuration);
    if (needsUsers && !users) return failed(NO_USERS);
    // Without requests there is nothing to rate-limit. Account protection stays configured as in the service, so that
    // commands show the same passwords as turned off.
    const accountProtection = auth.accountProtection ?? (auth.rateLimits === false ? false : {});
    const options = { ...auth, rateLimits: false, accountProtection } as const;
    const module = CliModule.with({ databaseUrl, schema, users, auth: options });
    const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
    try {
      return await work(app);
    } finally {
      await app.close();
    }
  });
}

/**
 * Whether there is a table of users. An app that keeps its users itself has all the migrations but that one.
 * @throws PendingMigrationsError
 */
async function findUsers(url: string, configuration: CommandConfiguration): Promise<boolean> {
  const place = { schema: configuration.databaseSchema, pooler: poolerModeOf(configuration) };
  const pending = await pendingOf(url, place);
  if (pending.length === 0) return true;
  const others = await pendingOf(url, { ...place, users: false });
  if (others.length === 0) return false;
  const cure = configuration.databaseUrl
    ? undefined
    : 'Start the service once with npm start, or run "npx latchkey migrate"';
  throw new PendingMigrationsError(pending, 'The schema is not up to date', cure);
}

/** Starts the embedded database if there is no other, and stops it afterwards. */
export async function onDatabase(
  configuration: DatabaseConfiguration,
  work: (url: string) => Promise<Outcome>,
): Promise<Outcome> {
  const database = await openDatabase(configuration, silent);
  try {
    return await work(database.url);
  } finally {
    await database.stop();
  }
}

/**
 * Prints the outcome of a command and resolves to the exit code. Errors go to standard error, without a stack trace.
 */
export async function report(
  work: Promise<Outcome>,
  io: Io,
  { json = false }: { json?: boolean },
): Promise<ExitCode> {
  const { text, json: data, written, exitCode = 0 } = await work.catch(explain);
  if (written) return exitCode;
  const output = json || exitCode === 0 ? io.stdout : io.stderr;
  output.write(`${json ? JSON.stringify(data) : text}\n`);
  return exitCode;
}

const UNREACHABLE = /^(ECONNREFUSED|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH|08\w{3}|57P\w{2}|28P01|3D000)$/;

function explain(error: Error & { code?: string }): Outcome {
  const exitCode = exitCodeOf(error);
  const { cause } = error;
  const origin = error instanceof UnavailableError && cause instanceof Error ? cause : error;
  const silent = `The database does not answer (${origin.message || error.code}): check DATABASE_URL.`;
  const text = explainPooler(error) ?? (origin !== error || isSilent(error) ? silent : error.message);
  const details = (error instanceof AuthError && error.details) || [];
  if (details.length === 0) return { text, json: { error: text }, exitCode };
  return { text: details.map(reason).join('\n'), json: { error: text, details }, exitCode };
}

/** The driver reports its time limits, and a connection that was cut, without a code. */
function isSilent({ message, code }: Error & { code?: string }): boolean {
  return (
    message === '' ||
    (code === undefined && /^(timeout expired|Query read timeout|Connection terminated)/.test(message))
  );
}

/** Describes the problem with a field. Some messages already start with its name. */
const reason = ({ field, message }: ErrorDetail) =>
  message.startsWith(field) ? message : `${field}: ${message}`;

export function exitCodeOf(error: Error & { code?: string }): ExitCode {
  if (error instanceof ConfigurationError) return EXIT.USAGE;
  return error instanceof UnavailableError || UNREACHABLE.test(error.code ?? '') || isSilent(error)
    ? EXIT.UNAVAILABLE
    : EXIT.FAILED;
}
