import { createHmac } from 'node:crypto';

/**
 * `t=<unix time>,v1=<hex HMAC-SHA-256 of "t.body">`, with one `v1` for each secret: the time is signed too, so that a
 * receiver can reject replays.
 */
export function signatureOf(body: string, secrets: readonly string[], time: number): string {
  const signatures = secrets.map((secret) =>
    createHmac('sha256', secret).update(`${time}.${body}`).digest('hex'),
  );
  return [`t=${time}`, ...signatures.map((signature) => `v1=${signature}`)].join(',');
}
