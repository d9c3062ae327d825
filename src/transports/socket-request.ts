import type { AuthRequest } from './auth-request.js';
import { handshake } from './handshake.js';
import { isObject, member } from './members.js';

/** For each client, and for each handler: a handler without a guard must not see the user whom another one found. */
const known = new WeakMap<object, WeakMap<object, AuthRequest>>();
/** The requests that became sockets, by client or by the network connection that both share. */
const opened = new WeakMap<object, AuthRequest>();

/**
 * Makes a request of the one that opened a client's socket: of the handshake with socket.io, where the token may also be
 * `auth.token`; with `ws`, of the request that was upgraded. It is made anew for each message, because an app may
 * replace the token in `handshake.auth`.
 */
export function socketRequest(client: unknown, handler: object): AuthRequest {
  const fresh = requestThatOpened(client);
  if (!isObject(client)) return fresh;
  let handlers = known.get(client);
  if (!handlers) known.set(client, (handlers = new WeakMap()));
  const request = Object.assign(handlers.get(handler) ?? {}, fresh);
  handlers.set(handler, request);
  return request;
}

/**
 * Tells `JwtAuthGuard` which request opened a `ws` client. Necessary only for a gateway on its own port: call it in
 * `handleConnection(client, request)`. On the port of the app, the guard knows.
 */
export function rememberHandshake(client: object, request: AuthRequest): void {
  opened.set(client, request);
}

function requestThatOpened(client: unknown): AuthRequest {
  const ioHandshake = member(client, 'handshake');
  if (isObject(member(ioHandshake, 'headers'))) {
    const { headers } = ioHandshake as AuthRequest;
    const request = member(client, 'request') as AuthRequest | undefined;
    return handshake({ ...pick(request), headers }, member(member(ioHandshake, 'auth'), 'token'));
  }
  const connection = member(client, '_socket');
  const request = [client, connection].filter(isObject).map((key) => opened.get(key));
  return handshake(
    request.find((each) => each !== undefined),
    undefined,
  );
}

function pick(request: AuthRequest | undefined): Partial<AuthRequest> {
  return { rawHeaders: request?.rawHeaders, socket: request?.socket };
}
