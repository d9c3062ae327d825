import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { FastifyReply } from 'fastify';

/** A file of a page, held in memory. */
export interface Asset {
  content: Buffer;
  headers: Record<string, string>;
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

/** Only our own files, and no inline script or style: injected code does not run. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const ASSETS = new URL('assets/', import.meta.url);

export const isAsset = (name: string): boolean => Object.hasOwn(TYPES, extname(name));

export function readAsset(file: URL): Asset {
  return toAsset(file.pathname, readFileSync(file));
}

/** The extension of the name decides the content type. */
export function toAsset(name: string, content: Buffer): Asset {
  const headers = {
    'Content-Type': TYPES[extname(name)]!,
    'Content-Security-Policy': CONTENT_SECURITY_POLICY,
    'Cache-Control': 'no-cache',
  };
  return { content, headers };
}

/** For a handler to return. */
export function send({ content, headers }: Asset, reply: FastifyReply): Buffer {
  void reply.headers(headers);
  return content;
}
