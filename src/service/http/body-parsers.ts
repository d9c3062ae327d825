import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MalformedJsonError, UnsupportedMediaTypeError } from '../../index.js';
import type { HttpLimits } from './limits.js';

/** JSON everywhere, forms for OAuth alone, and nothing else. */
export function acceptBodies(fastify: FastifyInstance, limits: HttpLimits): void {
  fastify.removeAllContentTypeParsers();
  refuseEncodings(fastify);
  acceptJson(fastify, limits);
  acceptFormsForOAuth(fastify);
}

/** Compressed bodies could unpack to any size. */
function refuseEncodings(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', ({ headers }, _reply, done) => {
    if ((headers['content-encoding'] ?? 'identity').toLowerCase() === 'identity') return done();
    done(new UnsupportedMediaTypeError({ message: 'Send the body as it is, without "Content-Encoding".' }));
  });
}

function acceptJson(fastify: FastifyInstance, limits: HttpLimits): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    if (!isInUtf8(request)) return done(new UnsupportedMediaTypeError());
    // Clients that set the header on every request send it without a body too, to log out by cookie for instance.
    if (bytes.length === 0) return done(null, undefined);
    const text = textOf(bytes as Buffer);
    if (text === undefined || text.startsWith('\uFEFF')) return done(new MalformedJsonError());
    // Of the error only its existence is used: its text may quote the body.
    parse(request, text, (error: Error | null, body?: unknown) => {
      const good = !error && isWithin(limits, body);
      done(good ? null : new MalformedJsonError(), good ? body : undefined);
    });
  });
}

/** JSON is UTF-8 (RFC 8259 §8.1): other charsets are refused, whatever the bytes. */
function isInUtf8({ headers }: FastifyRequest): boolean {
  const [, charset] = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(headers['content-type'] ?? '') ?? [];
  return charset === undefined || /^utf-?8$/i.test(charset);
}

/** Bytes that are no UTF-8 are no text: replaced by U+FFFD, different passwords would become the same. */
function textOf(bytes: Buffer): string | undefined {
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}

/** Level by level: what recurses into the body later must not run out of stack. */
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

/** OAuth's own endpoints take forms (RFC 7662 §2.1, RFC 7009 §2.1). Elsewhere they are refused: any page can send one. */
function acceptFormsForOAuth(fastify: FastifyInstance): void {
  const type = 'application/x-www-form-urlencoded';
  fastify.addContentTypeParser(type, { parseAs: 'buffer' }, (request, bytes, done) => {
    if (!request.routeOptions.url?.startsWith('/oauth/')) return done(new UnsupportedMediaTypeError());
    done(null, fieldsOf(new URLSearchParams(textOf(bytes as Buffer) ?? '')));
  });
}

/** A parameter that is given twice is no text any more (RFC 6749 §3.2). */
function fieldsOf(form: URLSearchParams): Record<string, unknown> {
  const fields = new Map<string, unknown>();
  for (const [name, value] of form) fields.set(name, fields.has(name) ? [] : value);
  return Object.fromEntries(fields);
}
