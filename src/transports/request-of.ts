import type { ExecutionContext } from '@nestjs/common';
import type { AuthRequest } from './auth-request.js';
import type { AuthUser } from './auth-user.js';
import { graphqlRequest } from './graphql-request.js';
import { rpcRequest } from './rpc-request.js';
import { socketRequest } from './socket-request.js';

/**
 * Returns the request that a call came with, on any transport: where the guards look for a token, and where they put the
 * user. HTTP and GraphQL have one. For a message to a gateway, it is made of the request that opened the socket; for a
 * message to a microservice, of its metadata and payload. A context without any of these has a request without a token.
 */
export function requestOf(context: ExecutionContext): AuthRequest {
  const type = context.getType<string>();
  if (type === 'http') return context.switchToHttp().getRequest<AuthRequest>();
  if (type === 'ws') return socketRequest(context.switchToWs().getClient(), context.getHandler());
  if (type === 'rpc') return rpcRequest(context.getArgs());
  return graphqlRequest(context.getArgs());
}

/**
 * Returns the user that `JwtAuthGuard` found, for your own guards, interceptors and decorators on any transport;
 * `undefined` without an authenticated user. Handlers use `@CurrentUser()` instead.
 */
export function currentUser(context: ExecutionContext): AuthUser | undefined {
  return requestOf(context).user as AuthUser | undefined;
}
