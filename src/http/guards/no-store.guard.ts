import { type CanActivate, type ExecutionContext, Injectable, UseGuards } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/**
 * Keeps caches from storing the response (RFC 9111 §5.2.2.5), and lets everyone through. It is a guard because a host's
 * controllers that extend ours inherit it, and because an interceptor would send every response through observables.
 */
@Injectable()
export class NoStoreGuard implements CanActivate {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  canActivate(context: ExecutionContext): boolean {
    this.adapterHost.httpAdapter.setHeader(context.switchToHttp().getResponse(), 'Cache-Control', 'no-store');
    return true;
  }
}

/** Keeps caches from storing the responses of a route, or of every route of a controller: they contain tokens. */
export const NoStore = () => UseGuards(NoStoreGuard);
