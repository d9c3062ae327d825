import { setTimeout as sleep } from 'node:timers/promises';
import type { AuthEventOf } from '../events/auth-event.js';
import type { AuthEvents } from '../events/auth-events.js';
import { AddressRefusedError, postChecked } from '../webhooks/checked-request.js';
import { signatureOf } from '../webhooks/signature.js';

export interface AlertWebhookSettings {
  url: string;
  /** Each of them signs. */
  secret: readonly string[];
  allowPrivateAddresses: boolean;
  /** Milliseconds to wait before each retry. */
  backoff?: readonly number[];
  timeoutMs?: number;
  /** The maximum number of alerts that wait; further ones are dropped. */
  capacity?: number;
}

const BACKOFF_MS = [1_000, 5_000, 25_000];
const TIMEOUT_MS = 5_000;
const CAPACITY = 100;

type Alert = AuthEventOf<'alert'>;

/**
 * Sends alerts to the operator's URL as signed JSON, one after the other: five seconds per attempt, three retries, no
 * redirects. The header `traceparent` continues the trace of the request that caused the alert. An alert that cannot be
 * delivered is dropped with a warning; it is still in the log and the audit trail.
 */
export class AlertWebhook {
  /** How many alerts were delivered, could not be delivered, and were dropped because too many waited. */
  readonly counts = { delivered: 0, failed: 0, dropped: 0 };
  private readonly queue: Alert[] = [];
  private readonly stopped = new AbortController();
  private sending: Promise<void> | undefined;
  private lost = 0;

  constructor(
    events: AuthEvents,
    private readonly settings: AlertWebhookSettings,
    private readonly warn: (message: string) => void,
  ) {
    events.subscribe((event) => {
      if (event.type === 'alert') this.enqueue(event);
    });
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped.abort();
    await this.sending;
    const unsent = this.queue.length;
    this.counts.dropped += unsent;
    if (unsent > 0) this.warn(`${unsent} alerts were not sent to the webhook: the app is stopping`);
  }

  private enqueue(alert: Alert): void {
    if (this.stopped.signal.aborted) return;
    if (this.queue.length >= (this.settings.capacity ?? CAPACITY)) {
      this.lost += 1;
      this.counts.dropped += 1;
      return;
    }
    this.queue.push(alert);
    this.sending ??= this.sendAll().finally(() => (this.sending = undefined));
  }

  private async sendAll(): Promise<void> {
    while (!this.stopped.signal.aborted) {
      const alert = this.queue.shift();
      if (!alert) return;
      await this.deliver(alert);
      if (this.lost > 0)
        this.warn(`${this.lost} alerts were not sent to the webhook: too many at the same time`);
      this.lost = 0;
    }
  }

  private async deliver(alert: Alert): Promise<void> {
    let failure = '';
    for (const wait of [0, ...(this.settings.backoff ?? BACKOFF_MS)]) {
      try {
        await sleep(wait, undefined, { signal: this.stopped.signal });
        const status = await this.post(alert);
        if (status >= 200 && status < 300) {
          this.counts.delivered += 1;
          return;
        }
        failure = `it answered ${status}`;
        if (!isWorthRetrying(status)) break;
      } catch (error) {
        failure = (error as Error).message;
        if (error instanceof AddressRefusedError || this.stopped.signal.aborted) break;
      }
    }
    this.counts.failed += 1;
    this.warn(`The alert ${alert.rule} could not be sent to the webhook: ${failure}`);
  }

  private post({ traceparent, tracestate, ...alert }: Alert): Promise<number> {
    const body = JSON.stringify(alert);
    const trace = traceparent === undefined ? undefined : { traceparent, tracestate };
    const { url, secret, allowPrivateAddresses, timeoutMs = TIMEOUT_MS } = this.settings;
    const headers = {
      'Content-Type': 'application/json',
      'Content-Length': String(Buffer.byteLength(body)),
      'User-Agent': 'latchkey',
      'X-Latchkey-Signature': signatureOf(body, secret, Math.floor(Date.now() / 1000)),
    };
    const { signal } = this.stopped;
    return postChecked({ url: new URL(url), headers, body, allowPrivateAddresses, timeoutMs, signal, trace });
  }
}

/** A redirect or a refusal would not change within half a minute. */
function isWorthRetrying(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429;
}
