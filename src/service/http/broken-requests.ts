import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type AuthError, MethodNotAllowedError } from '../../index.js';
import type { Logger } from '../logger.js';
import { BrokenHttpError, errorBody, HeadersTooLargeError, RequestTimeoutError } from './http-errors.js';
import type { Headers } from './security-headers.js';

type ClientError = Error & { code?: string };

/**
 * Responds to data that never becomes a request: invalid HTTP, too many headers, clients that are too slow. Closes the
 * connection, because the start of the next request is unknown.
 */
export class BrokenRequests {
  constructor(
    private readonly logger: Logger,
    private readonly headers: Headers,
  ) {}

  /** Handles the server's `clientError` event. */
  refuse(error: ClientError, socket: Socket): void {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    this.answer(socket, errorFor(error), { reason: error.code, ip: socket.remoteAddress });
  }

  /** Handles two events for which Node would respond by itself, without the contract's body. */
  listenTo(server: Server): void {
    server.on('connect', ({ socket: { remoteAddress: ip } }: IncomingMessage, socket: Duplex) =>
      this.answer(socket, new MethodNotAllowedError(), { reason: 'CONNECT', ip }),
    );
    // Unknown `Expect` headers may be ignored (RFC 9110 §10.1.1).
    server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  }

  private answer(socket: Duplex, error: AuthError, details: object): void {
    const requestId = randomUUID();
    socket.on('error', () => undefined); // the client may be gone
    socket.end(this.responseFor(error, requestId), () => socket.destroy());
    this.logger.info({ msg: 'request refused', status: error.statusCode, ...details, requestId });
  }

  private responseFor(error: AuthError, requestId: string): string {
    const { statusCode } = error;
    const body = JSON.stringify(errorBody(error, requestId));
    const headers: Headers = {
      ...this.headers,
      ...(statusCode === 405 && { Allow: '' }),
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': String(Buffer.byteLength(body)),
      'X-Request-Id': requestId,
      Date: new Date().toUTCString(),
      Connection: 'close',
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    return [`HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode]}`, ...lines, '', body].join('\r\n');
  }
}

function errorFor({ code }: ClientError): AuthError {
  if (code === 'HPE_HEADER_OVERFLOW') return new HeadersTooLargeError();
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? new RequestTimeoutError() : new BrokenHttpError();
}
