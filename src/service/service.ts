import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import type { Configuration } from '../settings/configuration.js';
import { migrate } from '../settings/database.js';
import { ShutdownState } from './health/shutdown-state.js';
import { allowOrigins } from './http/cors.js';
import { createFastifyAdapter } from './http/fastify-adapter.js';
import { type Logger, NestLogger } from './logger.js';
import { measureRequests } from './metrics/request-duration.js';
import { withKnownPort } from '../settings/public-url.js';
import { openDatabase } from '../settings/open-database.js';

/**
 * How long the readiness check returns 503 before the service stops listening, so that load balancers switch to another
 * instance.
 */
const DRAIN_MS = 300;

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
   */
  stop(): Promise<void>;
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
  const configuration = await withKnownPort(given);
  for (const line of configuration.unknownVariables) logger.warn(line);
  const database = await openDatabase(configuration, logger);
  try {
    stopping?.throwIfAborted();
    await migrate(database.url);
    stopping?.throwIfAborted();
    const app = await createApp(configuration, database.url, logger);
    await listen(app, configuration);
    const stop = async () => {
      app.get(ShutdownState).begun = true;
      await new Promise((resolve) => setTimeout(resolve, DRAIN_MS));
      await app.close();
      await database.stop();
    };
    return { url: await app.getUrl(), stop };
  } catch (error) {
    await database.stop();
    throw error;
  }
}

async function createApp(configuration: Configuration, databaseUrl: string, logger: Logger) {
  const { mode, trustProxy, corsOrigins, corsHeaders, docs, auth } = configuration;
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.with(databaseUrl, configuration),
    createFastifyAdapter({ trustProxy, hsts: mode !== 'development', logger }),
    { logger: new NestLogger(logger), bodyParser: false, abortOnError: false },
  );
  allowOrigins(app, corsOrigins, corsHeaders);
  measureRequests(app);
  if (docs) {
    // Loaded only if enabled: Swagger is a fifth of all code that is loaded at startup.
    const { serveDocs } = await import('./docs/serve-docs.js');
    serveDocs(app, { silentRefresh: auth.cookies?.silentRefresh ?? false });
  }
  closeConnectionsWhenStopping(app);
  return app;
}

/** @throws Error that names the setting to fix */
async function listen(app: NestFastifyApplication, { host, port }: Configuration): Promise<void> {
  try {
    await app.listen(port, host);
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    const advice = LISTEN_ADVICE[code] ?? 'HOST must be an address of this machine, such as 0.0.0.0.';
    throw new Error(`${message}\n${advice}`, { cause });
  }
}

/** Prevents clients from sending a request on a connection that is about to close. */
function closeConnectionsWhenStopping(app: NestFastifyApplication): void {
  const shutdown = app.get(ShutdownState);
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onSend', async (_request, reply) => {
      if (shutdown.begun) reply.header('connection', 'close');
    });
}
