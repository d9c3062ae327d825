import type { AuthRequest } from './auth-request.js';
import { handshake } from './handshake.js';
import { isObject, member } from './members.js';

/** For each GraphQL context of a subscription, or without a request. */
const known = new WeakMap<object, AuthRequest>();

/**
 * Finds the request in the context of a GraphQL operation: `req` (Apollo, Mercurius in Nest), `request`, or
 * `reply.request` (Mercurius). An operation over a WebSocket may instead carry its token in the connection parameters,
 * as `authorization` or `token`.
 */
export function graphqlRequest(args: readonly unknown[]): AuthRequest {
  // A reference resolver of a federated graph has no arguments: its context is the second one.
  const context = args.length === 3 ? args[1] : args[2];
  const found = requestIn(context);
  if (found && found.headers.upgrade === undefined) return found;
  const key = [context, ...args].find(isObject) ?? {};
  let request = known.get(key);
  if (!request) known.set(key, (request = handshake(found, connectionToken(context))));
  return request;
}

function requestIn(context: unknown): AuthRequest | undefined {
  const candidates = [
    member(context, 'req'),
    member(context, 'request'),
    member(member(context, 'reply'), 'request'),
    // graphql-ws
    member(member(context, 'extra'), 'request'),
    member(member(member(context, 'req'), 'extra'), 'request'),
  ];
  return candidates.find((each): each is AuthRequest => isObject(member(each, 'headers')));
}

function connectionToken(context: unknown): unknown {
  const parameters =
    member(context, 'connectionParams') ??
    member(member(context, 'req'), 'connectionParams') ??
    member(context, '_connectionInit');
  return ['authorization', 'Authorization', 'token']
    .map((name) => member(parameters, name) ?? member(member(parameters, 'headers'), name))
    .find((value) => value !== undefined && value !== null);
}
