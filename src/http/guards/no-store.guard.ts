import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/**
 * Forbids every cache to keep the answer (RFC 9111 §5.2.2.5), and lets everybody through. A guard, as controllers of a host
 * that extend ours inherit it, and as one interceptor is enough to have each answer pass through observables.
 */
@Injectable()
export class NoStoreGuard implements CanActivate {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  canActivate(context: ExecutionContext): boolean {
    this.adapterHost.httpAdapter.setHeader(context.switchToHttp().getResponse(), 'Cache-Control', 'no-store');
    return true;
  }
}
