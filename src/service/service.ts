import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { flushSpans, lookForOpenTelemetry } from '../tracing/open-telemetry.js';
import { AppModule } from './app.module.js';
import { type Configuration, poolerModeOf } from '../settings/configuration.js';
import { migrate, PendingMigrationsError, pendingOf } from '../settings/database.js';
import { serveDocs } from './docs/serve-docs.js';
import { ShutdownState } from './health/shutdown-state.js';
import { allowOrigins } from './http/cors.js';
import { createFastifyAdapter } from './http/fastify-adapter.js';
import { closeConnectionsWhenStopping, untilQuiet } from './http/last-requests.js';
import { ProbeLog } from './http/probe-log.js';
import { type Logger, NestLogger } from './logger.js';
import { measureRequests } from './metrics/request-duration.js';
import { toAccountPages } from './pages/page-address.js';
import { withKnownPort } from '../settings/public-url.js';
import { fillInMail } from '../settings/development-mailbox.js';
import { fillInBrand } from '../settings/fill-in-brand.js';
import { openDatabase } from '../settings/open-database.js';

const LISTEN_ADVICE: Record<string, string> = {
  EADDRINUSE: 'Another program listens on that port: stop it, or choose another with PORT=3001.',
  EACCES: 'This user is not allowed to listen on that port: choose one above 1023 with PORT.',
};

export interface RunningService {
  /** The URL of the service, such as `http://127.0.0.1:3000`. */
  url: string;
  /**
   * Stops the service in order: the readiness check returns 503, requests in progress finish, connections close, and
   * finally the embedded database stops.
   * @param drainMs how long all requests are still answered, so that load balancers notice. Default: {@link drainMs}. Then
   * the service stops listening as soon as no connection has arrived for 300 ms, after one second at the latest.
   */
  stop(drainMs?: number): Promise<void>;
  /** `SHUTDOWN_DELAY` in milliseconds. */
  drainMs: number;
}

/**
 * Starts the database, the schema and HTTP, in this order. If a step fails, the parts already started are stopped
 * again.
 * @param stopping ends the start with the signal's reason, after the step that is under way
 */
export async function startService(
  given: Configuration,
  logger: Logger,
  stopping?: AbortSignal,
): Promise<RunningService> {
  lookForOpenTelemetry();
  const configuration = await withKnownPort(given);
  fillInMail(configuration.auth, { development: configuration.mode === 'development' });
  fillInBrand(configuration.auth, configuration);
  for (const line of configuration.unknownVariables) logger.warn(line);
  const database = await openDatabase(configuration, logger);
  try {
    stopping?.throwIfAborted();
    await prepareSchema(database.url, configuration, logger);
    stopping?.throwIfAborted();
    const app = await createApp(configuration, database.url, logger);
    await listen(app, configuration);
    const drainMs = configuration.shutdownDelay * 1000;
    const stop = async (drain = drainMs) => {
      const state = app.get(ShutdownState);
      state.begun = true;
      await new Promise((resolve) => setTimeout(resolve, drain));
      state.turningAway = drain > 0;
      await untilQuiet(app);
      await app.close();
      await flushSpans();
      await database.stop();
    };
    return { url: await app.getUrl(), stop, drainMs };
  } catch (error) {
    await database.stop();
    throw error;
  }
}

/** @throws PendingMigrationsError if the schema is not up to date, and the service may not change that */
async function prepareSchema(url: string, configuration: Configuration, logger: Logger): Promise<void> {
  const place = { schema: configuration.databaseSchema, pooler: poolerModeOf(configuration) };
  if (configuration.migrate) return migrate(url, { ...place, report: (line) => logger.info(line) });
  const pending = await pendingOf(url, place);
  if (pending.length > 0)
    throw new PendingMigrationsError(pending, 'The service cannot start with MIGRATE=off');
}

async function createApp(configuration: Configuration, databaseUrl: string, logger: Logger) {
  const { mode, trustProxy, corsOrigins, corsHeaders, docs, auth, accountPages } = configuration;
  const probes = new ProbeLog();
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.with(databaseUrl, configuration, probes),
    createFastifyAdapter({
      trustProxy,
      hsts: mode !== 'development',
      logger,
      probes,
      ...(accountPages && { rewriteUrl: toAccountPages }),
    }),
    { logger: new NestLogger(logger), bodyParser: false, abortOnError: false },
  );
  allowOrigins(app, corsOrigins, corsHeaders);
  measureRequests(app);
  if (docs) serveDocs(app, { silentRefresh: auth.cookies?.silentRefresh ?? false });
  closeConnectionsWhenStopping(app);
  return app;
}

/** @throws Error that names the setting to fix, or what kept a part from starting */
async function listen(app: NestFastifyApplication, { host, port }: Configuration): Promise<void> {
  await app.init(); // whatever fails here has nothing to do with the address
  try {
    await app.listen(port, host);
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    const advice = LISTEN_ADVICE[code] ?? 'HOST must be an address of this machine, such as 0.0.0.0.';
    throw new Error(`${message}\n${advice}`, { cause });
  }
}
