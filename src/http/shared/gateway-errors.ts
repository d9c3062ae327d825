import { Injectable } from '@nestjs/common';
import { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { AuthExceptionFilter } from './auth-exception.filter.js';

/** Nest's own keys, which neither it nor @nestjs/websockets exports in every version. */
const GATEWAY = 'websockets:is_gateway';
const FILTERS = '__exceptionFilters__';

/**
 * Nest applies no global filters to gateways, so a client would receive "Internal server error" for each `AuthError`.
 * This gives our filter to each gateway, behind the gateway's own filters. It works in the constructor because Nest binds
 * the handlers of gateways before it calls any hook.
 */
@Injectable()
export class GatewayErrors {
  constructor(modules: ModulesContainer, adapterHost: HttpAdapterHost) {
    const filter = new AuthExceptionFilter(adapterHost);
    for (const { providers } of modules.values())
      for (const { metatype } of providers.values()) if (isGateway(metatype)) addFilter(metatype, filter);
  }
}

function isGateway(metatype: unknown): metatype is object {
  return typeof metatype === 'function' && Reflect.hasMetadata(GATEWAY, metatype);
}

function addFilter(gateway: object, filter: AuthExceptionFilter): void {
  const own = (Reflect.getMetadata(FILTERS, gateway) ?? []) as unknown[];
  if (own.some((each) => each instanceof AuthExceptionFilter)) return;
  // Nest asks them from the last to the first.
  Reflect.defineMetadata(FILTERS, [filter, ...own], gateway);
}
