import { type ApiDocument, operationsOf } from '../../support/api-document.js';
import type { Call } from '../../support/client.js';
import type { FuzzCaller } from './fuzz-caller.js';
import { FuzzValues } from './fuzz-values.js';
import type { Random } from './random.js';

type Operation = ReturnType<typeof operationsOf>[number];

const TYPES = [
  'application/json',
  'application/x-www-form-urlencoded',
  'application/json; charset=utf-16',
  'multipart/form-data',
  'text/plain',
  'nonsense',
];

export interface FuzzRequest {
  path: string;
  call: Call & { method: string };
}

/** A request for an operation: as it should be, or almost, or not at all. */
export function requestFor(
  document: ApiDocument,
  operation: Operation,
  caller: FuzzCaller,
  random: Random,
): FuzzRequest {
  const values = new FuzzValues(document, random, (name) => caller.known(name));
  const query = new URLSearchParams();
  let { path } = operation;
  for (const { name, in: place } of operation.parameters ?? []) {
    // Lone surrogates cannot be in an address.
    const value = text(values.named(name)).toWellFormed().slice(0, 2_000);
    if (place === 'path') path = path.replace(`{${name}}`, encodeURIComponent(value) || '-');
    else if (place === 'query' && random.chance(0.7)) query.set(name, value);
  }
  if (query.size > 0) path += `?${query}`;
  const method = operation.method.toUpperCase();
  const content = operation.requestBody?.content;
  const [type = 'application/json', media] = Object.entries(content ?? {})[0] ?? [];
  const raw = media && method !== 'GET' ? encoded(values.of(media.schema), type, random) : undefined;
  return { path, call: { method, raw, headers: headersFor(caller, raw && type, random) } };
}

function encoded(value: unknown, type: string, random: Random): string | Uint8Array {
  const isForm = type.includes('urlencoded') && typeof value === 'object';
  const bytes = Buffer.from(
    isForm
      ? new URLSearchParams(Object.entries(value ?? {}).map(([name, each]) => [name, text(each)])).toString()
      : JSON.stringify(value),
  );
  if (random.chance(0.9) || bytes.length === 0) return bytes;
  const at = random.whole(0, bytes.length - 1);
  if (random.chance(0.3)) return bytes.subarray(0, at);
  bytes[at] = bytes[at]! ^ (1 << random.whole(0, 7));
  return random.chance(0.5) ? bytes : Buffer.concat([bytes, bytes]);
}

function headersFor({ accessToken, cookie }: FuzzCaller, type: string | undefined, random: Random) {
  const authorization = random.weighted({ own: 6, none: 3, junk: 1 });
  const junk = random.of([
    'Bearer',
    'Bearer  x',
    'Basic Og==',
    `Bearer ${'x'.repeat(5_000)}`,
    'Digest a="b"',
  ])!;
  const headers: Record<string, string> = {};
  if (type) headers['content-type'] = random.chance(0.95) ? type : random.of(TYPES)!;
  if (authorization !== 'none')
    headers.authorization = authorization === 'own' ? `Bearer ${accessToken}` : junk;
  if (random.chance(0.2))
    headers.cookie = random.chance(0.8) ? cookie : 'access=%zz; refresh==; __Host-mfa="';
  if (random.chance(0.1)) headers['x-auth-transport'] = random.of(['cookie', 'body', 'both'])!;
  if (random.chance(0.1))
    headers.origin = random.of(['null', 'https://evil.example', 'https://auth.example.com'])!;
  if (random.chance(0.1)) headers['sec-fetch-site'] = random.of(['same-origin', 'cross-site', 'x'])!;
  return headers;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
