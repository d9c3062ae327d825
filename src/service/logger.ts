import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';
import { lookForOpenTelemetry, openTelemetry } from '../tracing/open-telemetry.js';
import { activeTrace } from '../tracing/spans.js';
import { traceIdsOf } from '../tracing/trace-context.js';
import { loggableError } from './loggable-error.js';

export type { Logger };

/** Creates a logger that writes JSON lines, or readable lines in development. Times are ISO 8601 in UTC. */
export async function createLogger({ mode, logLevel }: { mode: string; logLevel: string }): Promise<Logger> {
  lookForOpenTelemetry();
  const options = {
    level: logLevel,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    ...(openTelemetry() && { mixin: () => ({ ...traceIdsOf(activeTrace()) }) }),
    serializers: { err: (error: unknown) => loggableError(error) },
  };
  const pretty = mode === 'development' ? await import('pino-pretty').catch(() => undefined) : undefined;
  return pretty
    ? pino(options, pretty.default({ sync: true, singleLine: true, translateTime: 'SYS:HH:MM:ss' }))
    : pino(options);
}

/** Writes Nest's own messages to the same logger. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string): void {
    this.logger.debug(fieldsOf(message, context)); // such as "Mapped {/auth/login, POST} route"
  }

  warn(message: unknown, context?: string): void {
    this.logger.warn(fieldsOf(message, context));
  }

  error(message: unknown, ...[stack, context]: string[]): void {
    this.logger.error({ ...fieldsOf(message, context ?? stack), ...(context && { stack }) });
  }

  fatal(message: unknown, context?: string): void {
    this.logger.fatal(fieldsOf(message, context));
  }
}

function fieldsOf(message: unknown, context?: string): object {
  const fields = typeof message === 'object' && message !== null ? message : { msg: String(message) };
  return { context, ...fields };
}
