import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { Injectable } from '@nestjs/common';

interface Asset {
  content: Buffer;
  headers: Record<string, string>;
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

/** Nothing but our own files, and no inline script or style: what gets injected does not run. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The files of the account pages, held in memory: only what was there at the start can be asked for. */
@Injectable()
export class AccountPages {
  private readonly assets = new Map<string, Asset>([
    ...read(new URL('assets/', import.meta.url), ''),
    ...read(new URL('../../client/', import.meta.url), 'client/'),
  ]);

  find(name: string): Asset | undefined {
    return this.assets.get(name);
  }
}

function read(folder: URL, prefix: string): [string, Asset][] {
  return readdirSync(folder)
    .filter((name) => extname(name) in TYPES)
    .map((name) => [
      prefix + name,
      { content: readFileSync(new URL(name, folder)), headers: headersFor(name) },
    ]);
}

function headersFor(name: string): Record<string, string> {
  return {
    'Content-Type': TYPES[extname(name)]!,
    'Content-Security-Policy': CONTENT_SECURITY_POLICY,
    'Cache-Control': 'no-cache',
  };
}
