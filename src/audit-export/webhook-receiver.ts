import { askChecked } from '../webhooks/checked-request.js';
import { signatureOf } from '../webhooks/signature.js';
import { judge, type Outcome } from './retry-policy.js';

/** Where a receiver of the audit trail is. */
export interface AuditReceiverSettings {
  name: string;
  url: string;
  /** Each of them signs. */
  secret: readonly string[];
  allowPrivateAddresses: boolean;
}

const TIMEOUT_MS = 10_000;

/** Posts lines of JSON (NDJSON) to a receiver, signed as alerts are. Never rejects. */
export async function postLines(
  { url, secret, allowPrivateAddresses }: AuditReceiverSettings,
  lines: readonly string[],
  signal: AbortSignal,
): Promise<Outcome> {
  const body = `${lines.join('\n')}\n`;
  const headers = {
    'Content-Type': 'application/x-ndjson',
    'Content-Length': String(Buffer.byteLength(body)),
    'User-Agent': 'latchkey',
    'X-Latchkey-Signature': signatureOf(body, secret, Math.floor(Date.now() / 1000)),
  };
  const request = { url: new URL(url), headers, body, allowPrivateAddresses, timeoutMs: TIMEOUT_MS, signal };
  try {
    const { status, retryAfter } = await askChecked(request);
    return judge(status, retryAfter);
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    return { kind: 'failed', reason: message || code || 'no connection' };
  }
}
