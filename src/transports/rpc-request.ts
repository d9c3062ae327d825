import type { AuthRequest } from './auth-request.js';
import { call, isObject, member } from './members.js';

/** For each message. */
const known = new WeakMap<object, AuthRequest>();

/**
 * Makes a request of a message to a microservice. Its token is in `authorization`, written as in HTTP: in the metadata of
 * the message if the transport has any (gRPC, NATS, Kafka, RabbitMQ, MQTT 5, TCP, Redis), otherwise in the payload, under
 * `headers`. There are no cookies.
 */
export function rpcRequest(args: readonly unknown[]): AuthRequest {
  const [payload, context] = args;
  const key = [context, payload].find(isObject) ?? {};
  let request = known.get(key);
  if (!request) known.set(key, (request = messageRequest(payload, context)));
  return request;
}

function messageRequest(payload: unknown, context: unknown): AuthRequest {
  const authorization =
    textIn(metadataOf(context), 'authorization') ?? textIn(member(payload, 'headers'), 'authorization');
  return { headers: { authorization }, body: payload };
}

/** What Nest's context of a message calls the metadata; with gRPC, the context is the metadata. */
function metadataOf(context: unknown): unknown {
  if (typeof member(context, 'get') === 'function') return context;
  const message = call(context, 'getMessage');
  return (
    call(context, 'getMetadata') ??
    call(context, 'getHeaders') ??
    member(message, 'headers') ??
    member(member(message, 'properties'), 'headers') ??
    member(member(call(context, 'getPacket'), 'properties'), 'userProperties')
  );
}

function textIn(metadata: unknown, name: string): string | undefined {
  const found = call(metadata, 'get', name) ?? member(metadata, name) ?? member(metadata, 'Authorization');
  const values = [found].flat().map((value) => (Buffer.isBuffer(value) ? value.toString() : value));
  // Of several tokens, it is unclear which one counts: like two headers in HTTP, they are an invalid token.
  if (values.length > 1) return 'Bearer ambiguous';
  return typeof values[0] === 'string' && values[0] !== '' ? values[0] : undefined;
}
