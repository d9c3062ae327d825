import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type AuthError, MalformedJsonError, OAuthError, UnsupportedMediaTypeError } from '../../index.js';
import type { HttpLimits } from './limits.js';
import { isForOAuth } from './route-of.js';

/** Accepts JSON on all routes, forms on the OAuth routes only, and nothing else. */
export function acceptBodies(fastify: FastifyInstance, limits: HttpLimits): void {
  fastify.removeAllContentTypeParsers();
  refuseEncodings(fastify);
  acceptJson(fastify, limits);
  acceptFormsForOAuth(fastify);
}

/** Rejects compressed bodies, which could expand to any size. */
function refuseEncodings(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { headers, method } = request;
    // Proxies that ask GET /auth/forward send the headers of another request; Fastify reads no body here.
    if (method === 'GET' || method === 'HEAD') return done();
    if ((headers['content-encoding'] ?? 'identity').toLowerCase() === 'identity') return done();
    const error = new UnsupportedMediaTypeError({
      message: 'Send the body uncompressed, without "Content-Encoding".',
    });
    done(inWordsFor(request, error));
  });
}

function acceptJson(fastify: FastifyInstance, limits: HttpLimits): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    if (!isInUtf8(request)) return done(inWordsFor(request, new UnsupportedMediaTypeError()));
    // Clients that set the header on every request also send it without a body, for example to log out by cookie.
    if (bytes.length === 0) return done(null, undefined);
    const text = textOf(bytes as Buffer);
    if (text === undefined || text.startsWith('\uFEFF'))
      return done(inWordsFor(request, new MalformedJsonError()));
    // The message of the error is not used, because it may quote the body.
    parse(request, text, (error: Error | null, body?: unknown) => {
      const good = !error && isWithin(limits, body);
      done(good ? null : inWordsFor(request, new MalformedJsonError()), good ? body : undefined);
    });
  });
}

/** JSON is UTF-8 (RFC 8259 §8.1). Other charsets are rejected regardless of the bytes. */
function isInUtf8({ headers }: FastifyRequest): boolean {
  const [, charset] = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(headers['content-type'] ?? '') ?? [];
  return charset === undefined || /^utf-?8$/i.test(charset);
}

/** Returns `undefined` for invalid UTF-8. With U+FFFD replacements, different passwords would become equal. */
function textOf(bytes: Buffer): string | undefined {
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}

/** Checks level by level, so that code that later recurses into the body cannot overflow the stack. */
function isWithin({ jsonDepth, jsonMembers }: HttpLimits, body: unknown): boolean {
  let level = [body];
  let members = 0;
  for (let depth = 0; level.length > 0; depth++) {
    members += level.length;
    if (depth > jsonDepth || members > jsonMembers) return false;
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
  return true;
}

/**
 * The OAuth endpoints accept forms (RFC 7662 §2.1, RFC 7009 §2.1). Other routes reject them, because any page can send
 * one.
 */
function acceptFormsForOAuth(fastify: FastifyInstance): void {
  const type = 'application/x-www-form-urlencoded';
  fastify.addContentTypeParser(type, { parseAs: 'buffer' }, (request, bytes, done) => {
    if (!isForOAuth(request)) return done(new UnsupportedMediaTypeError());
    done(null, fieldsOf(new URLSearchParams(textOf(bytes as Buffer) ?? '')));
  });
}

function inWordsFor(request: FastifyRequest, error: AuthError): AuthError {
  return isForOAuth(request) ? OAuthError.from(error) : error;
}

/** A repeated parameter is not a string (RFC 6749 §3.2), so validation rejects it. */
function fieldsOf(form: URLSearchParams): Record<string, unknown> {
  const fields = new Map<string, unknown>();
  for (const [name, value] of form) fields.set(name, fields.has(name) ? [] : value);
  return Object.fromEntries(fields);
}
