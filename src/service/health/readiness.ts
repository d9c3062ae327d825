import { Injectable } from '@nestjs/common';
import { AuthReadiness, UnavailableError } from '../../index.js';
import { markReported } from '../../errors/reported.js';
import { ShutdownState } from './shutdown-state.js';

/** Whether to send requests to this instance. */
@Injectable()
export class Readiness {
  constructor(
    private readonly auth: AuthReadiness,
    private readonly shutdown: ShutdownState,
  ) {}

  /** @throws UnavailableError that says why not */
  async check(): Promise<void> {
    if (this.shutdown.begun) {
      const stopping = new UnavailableError({ message: 'The service is stopping.', retryAfter: 1 });
      markReported(stopping); // not a failure
      throw stopping;
    }
    await this.auth.check();
  }
}
