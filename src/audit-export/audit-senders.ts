import type { AuditReceiverSettings } from './webhook-receiver.js';
import { postLines } from './webhook-receiver.js';
import { ReceiverSender, type SenderParts } from './receiver-sender.js';

/** How long a stop waits for requests that are under way. */
const GRACE_MS = 3_000;

/** Sends the audit trail to all receivers that are configured, each independently of the others. */
export class AuditSenders {
  private readonly stopping = new AbortController();
  private readonly cut = new AbortController();
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly receivers: readonly AuditReceiverSettings[],
    private readonly parts: Omit<SenderParts, 'name' | 'configured' | 'post' | 'stopped'>,
  ) {}

  onApplicationBootstrap(): void {
    const senders = this.receivers.map(
      (receiver) =>
        new ReceiverSender({
          ...this.parts,
          name: receiver.name,
          configured: this.receivers.map(({ name }) => name),
          stopped: this.stopping.signal,
          post: (lines) => postLines(receiver, lines, this.cut.signal),
        }),
    );
    this.running = Promise.all(senders.map((sender) => sender.run()));
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    const timer = setTimeout(() => this.cut.abort(), GRACE_MS).unref();
    await this.running;
    clearTimeout(timer);
  }
}
