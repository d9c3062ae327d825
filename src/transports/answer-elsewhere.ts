import type { ArgumentsHost } from '@nestjs/common';
import { throwError } from 'rxjs';
import type { AuthError } from '../errors/auth-error.js';
import { call, member } from './members.js';

/** What a client sees of an error on each transport except HTTP, where the body also has the id of the request. */
function bodyOf({ statusCode, code, message, details }: AuthError): object {
  return { statusCode, error: code, message, ...(details && { details }) };
}

/**
 * Answers an error in what is not an HTTP request. A microservice sends what the returned observable fails with; a
 * WebSocket client gets the event `exception`; GraphQL gets an error whose `extensions` have the code.
 */
export function answerElsewhere(error: AuthError, host: ArgumentsHost): unknown {
  const type = host.getType<string>();
  if (type === 'rpc') return throwError(() => bodyOf(error));
  if (type === 'ws') return sendException(host.switchToWs().getClient(), bodyOf(error));
  throw new ErrorWithExtensions(error);
}

/** As Nest does: a client of `ws` is an event emitter as well, but only `send` reaches the other side. */
function sendException(client: unknown, body: object): void {
  const isNative = typeof member(client, 'readyState') === 'number';
  if (isNative) call(client, 'send', JSON.stringify({ event: 'exception', data: body }));
  else (client as { emit?(event: string, body: object): void }).emit?.('exception', body);
}

/**
 * The error as GraphQL servers pass it on (GraphQL §7.1.2). Not the `AuthError` itself: Nest's driver for Apollo replaces
 * the code of each `HttpException`.
 */
class ErrorWithExtensions extends Error {
  readonly extensions: { code: string; statusCode: number };
  readonly statusCode: number;

  constructor(error: AuthError) {
    super(error.message, { cause: error });
    this.name = error.name;
    this.statusCode = error.statusCode;
    const { statusCode, code, details } = error;
    this.extensions = { code, statusCode, ...(details && { details }) };
  }
}
