import { createHash, timingSafeEqual } from 'node:crypto';

/** Decides who may read the metrics: clients with the token, or in development anyone. */
export class MetricsAccess {
  private readonly expected: Buffer | undefined;

  constructor(
    token: string | undefined,
    private readonly open: boolean,
  ) {
    this.expected = token === undefined ? undefined : digestOf(token);
  }

  /** Takes the same time for all wrong tokens. */
  allows(authorization: string | undefined): boolean {
    if (this.open) return true;
    const presented = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (!this.expected || presented === undefined) return false;
    return timingSafeEqual(digestOf(presented), this.expected);
  }
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
