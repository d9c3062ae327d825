import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuthError, type ErrorDetail, UnavailableError } from '../index.js';
import { type Configuration, ConfigurationError, readConfiguration } from '../settings/configuration.js';
import { migrate } from '../settings/database.js';
import { openDatabase } from '../settings/open-database.js';
import { CliModule } from './cli.module.js';
import type { Io } from './io.js';
import { EXIT, type ExitCode, type Outcome } from './outcome.js';

export type Command = (app: INestApplicationContext, ...values: string[]) => Promise<Outcome>;

const silent = { info: () => undefined };

/** Runs a command in an app with the parts of the service but without HTTP. */
export async function withApp(
  io: Io,
  work: (app: INestApplicationContext) => Promise<Outcome>,
): Promise<Outcome> {
  return withDatabase(io, async (configuration, url) => {
    await migrate(url);
    const { auth } = configuration;
    // Without requests there is nothing to rate-limit. Account protection stays configured as in the service, so that
    // commands show the same passwords as turned off.
    const accountProtection = auth.accountProtection ?? (auth.rateLimits === false ? false : {});
    const options = { ...auth, rateLimits: false, accountProtection } as const;
    const module = CliModule.with({ databaseUrl: url, auth: options });
    const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
    try {
      return await work(app);
    } finally {
      await app.close();
    }
  });
}

export async function withDatabase(
  io: Io,
  work: (configuration: Configuration, url: string) => Promise<Outcome>,
): Promise<Outcome> {
  const configuration = readConfiguration(io.env);
  const database = await openDatabase(configuration, silent);
  try {
    return await work(configuration, database.url);
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
  const { text, json: data, exitCode = 0 } = await work.catch(explain);
  const output = json || exitCode === 0 ? io.stdout : io.stderr;
  output.write(`${json ? JSON.stringify(data) : text}\n`);
  return exitCode;
}

const UNREACHABLE = /^(ECONNREFUSED|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH|08\w{3}|57P\w{2}|28P01|3D000)$/;

function explain(error: Error & { code?: string }): Outcome {
  const exitCode = exitCodeOf(error);
  const text = error.message || `The database does not answer (${error.code}): check DATABASE_URL.`;
  const details = (error instanceof AuthError && error.details) || [];
  if (details.length === 0) return { text, json: { error: text }, exitCode };
  return { text: details.map(reason).join('\n'), json: { error: text, details }, exitCode };
}

/** Describes the problem with a field. Some messages already start with its name. */
const reason = ({ field, message }: ErrorDetail) =>
  message.startsWith(field) ? message : `${field}: ${message}`;

function exitCodeOf(error: Error & { code?: string }): ExitCode {
  if (error instanceof ConfigurationError) return EXIT.USAGE;
  return error instanceof UnavailableError || UNREACHABLE.test(error.code ?? '')
    ? EXIT.UNAVAILABLE
    : EXIT.FAILED;
}
