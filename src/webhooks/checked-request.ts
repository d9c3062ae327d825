import { lookup as resolve } from 'node:dns/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, isIPv6, type LookupFunction } from 'node:net';
import type { Span } from '../tracing/open-telemetry.js';
import { failSpan, inSpan, traceOfSpan } from '../tracing/spans.js';
import type { TraceContext } from '../tracing/trace-context.js';
import { isLoopback, isPublicAddress } from './public-address.js';

export interface CheckedRequest {
  url: URL;
  headers: Record<string, string>;
  body: string;
  /** Unless this is set, addresses outside the public internet are refused. */
  allowPrivateAddresses: boolean;
  timeoutMs: number;
  /** The trace to continue. */
  trace?: TraceContext | undefined;
  signal?: AbortSignal;
}

/** Thrown when the host name resolves to an address that requests must not go to. */
export class AddressRefusedError extends Error {
  constructor(address: string) {
    super(`the address ${address} is not allowed`);
    this.name = 'AddressRefusedError';
  }
}

/** What a receiver answered. Its body does not matter. */
export interface CheckedAnswer {
  status: number;
  /** The header `Retry-After`, if there is one. */
  retryAfter: string | undefined;
}

/** Like {@link askChecked}, but resolves with the status alone. */
export async function postChecked(request: CheckedRequest): Promise<number> {
  return (await askChecked(request)).status;
}

/**
 * Posts only to an address that has been checked: the connection uses the same addresses that the check saw, so a DNS
 * answer that changes in between has no effect (DNS rebinding). Does not follow redirects.
 * The path may be a secret, so no span has it.
 */
export async function askChecked(request: CheckedRequest): Promise<CheckedAnswer> {
  const { url, trace } = request;
  const attributes = {
    'http.request.method': 'POST',
    'server.address': url.hostname,
    'server.port': Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
  };
  return inSpan('POST', { kind: 'client', attributes, parent: trace ?? null }, async (span) => {
    const headers = { ...request.headers, ...traceHeaders(span ? traceOfSpan(span) : trace) };
    const answer = await postInTime({ ...request, headers });
    if (span) noteStatus(span, answer.status);
    return answer;
  });
}

function traceHeaders(trace: TraceContext | undefined): Record<string, string> {
  const { traceparent, tracestate } = trace ?? {};
  return { ...(traceparent && { traceparent }), ...(tracestate && { tracestate }) };
}

function noteStatus(span: Span, status: number): void {
  span.setAttribute('http.response.status_code', status);
  if (status >= 400) failSpan(span, String(status));
}

async function postInTime(request: CheckedRequest): Promise<CheckedAnswer> {
  const timeout = AbortSignal.timeout(request.timeoutMs);
  const signal = request.signal ? AbortSignal.any([timeout, request.signal]) : timeout;
  try {
    return await post(request, signal);
  } catch (error) {
    throw timeout.aborted ? new Error('no answer in time', { cause: error }) : error;
  }
}

async function post(request: CheckedRequest, signal: AbortSignal): Promise<CheckedAnswer> {
  const { url, headers, body } = request;
  const addresses = await abortable(addressesOf(url), signal);
  for (const address of addresses) assertAllowed(address, request);

  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((answered, reject) => {
    const options = { method: 'POST', headers, signal, agent: false as const, lookup: always(addresses) };
    const sent = send(url, options, (response) => {
      answered({ status: response.statusCode!, retryAfter: response.headers['retry-after'] });
      response.destroy(); // the body does not matter and may be endless
    });
    sent.on('error', reject).end(body);
  });
}

async function addressesOf({ hostname }: URL): Promise<string[]> {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host)) return [host];
  return (await resolve(host, { all: true })).map(({ address }) => address);
}

/** Without TLS, only this machine is allowed, and only with `allowPrivateAddresses`. */
function assertAllowed(address: string, { url, allowPrivateAddresses }: CheckedRequest): void {
  const allowed = allowPrivateAddresses
    ? url.protocol === 'https:' || isLoopback(address)
    : url.protocol === 'https:' && isPublicAddress(address);
  if (!allowed) throw new AddressRefusedError(address);
}

function always(addresses: string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  return (_host, options, callback) => {
    if (options.all) callback(null, found);
    else callback(null, found[0]!.address, found[0]!.family);
  };
}

function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolveWork, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolveWork, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
