import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { AuthRequest } from './auth-request.js';
import { rememberHandshake } from './socket-request.js';

interface HttpServer {
  listenerCount(event: 'upgrade'): number;
  prependListener(event: 'upgrade', listener: (request: AuthRequest, connection: object) => void): unknown;
}

/**
 * Remembers which request became which WebSocket: a client of the `ws` package does not know it. Does nothing without a
 * gateway, because Node would no longer answer such requests as it does without a listener.
 */
@Injectable()
export class UpgradedSockets implements OnModuleInit {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  onModuleInit(): void {
    // There is no adapter in a pure microservice, and no server in an application context.
    const server = this.adapterHost.httpAdapter?.getHttpServer() as Partial<HttpServer> | undefined;
    if (!server?.listenerCount?.('upgrade')) return;
    server.prependListener?.('upgrade', (request, connection) => rememberHandshake(connection, request));
  }
}
