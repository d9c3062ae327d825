import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { FastifyReply } from 'fastify';
import type { BrandLogo } from '../../brand/logo.js';

/** A page, or a file of one, held in memory. */
export interface Asset {
  content: Buffer;
  headers: Record<string, string>;
  /** Default: 200. */
  status?: number;
}

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

/** Only our own files, and no inline script or style: injected code does not run. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A picture that is opened on its own runs nothing and loads nothing. Its own styles are harmless. */
const PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

export const ASSETS = new URL('assets/', import.meta.url);

export const isAsset = (name: string): boolean => Object.hasOwn(TYPES, extname(name));

export function readAsset(file: URL): Asset {
  return toAsset(file.pathname, readFileSync(file));
}

/** The extension of the name decides the content type. */
export function toAsset(name: string, content: Buffer): Asset {
  return asset(content, TYPES[extname(name)]!, { 'Cache-Control': 'no-cache' });
}

/** Never stored: it depends on who asks, and in which language. */
export function pageAsset(page: string, language: string, status = 200): Asset {
  const headers = {
    'Cache-Control': 'no-store',
    'Content-Language': language,
    Vary: 'Accept-Language, Cookie',
  };
  return { ...asset(Buffer.from(page), 'text/html; charset=utf-8', headers), status };
}

/** Mail programs that are web pages show it as well. */
export function pictureAsset({ content, type }: BrandLogo): Asset {
  return asset(content, type, {
    'Content-Security-Policy': PICTURE_POLICY,
    'Cross-Origin-Resource-Policy': 'cross-origin',
    'Cache-Control': 'no-cache',
  });
}

function asset(content: Buffer, type: string, headers: Record<string, string>): Asset {
  return {
    content,
    headers: {
      'Content-Type': type,
      'Content-Security-Policy': CONTENT_SECURITY_POLICY,
      'Referrer-Policy': 'no-referrer',
      ...headers,
    },
  };
}

/** For a handler to return. */
export function send({ content, headers, status = 200 }: Asset, reply: FastifyReply): Buffer {
  void reply.code(status).headers(headers);
  return content;
}
