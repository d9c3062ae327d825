import { Histogram, type Registry } from 'prom-client';
import type { TokensService } from '../../index.js';

const BUCKETS = [0.000_02, 0.000_05, 0.000_1, 0.000_2, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.05];

/** Only verifications that do cryptography: those answered from memory are not even counted. */
export function timeVerifications(registry: Registry, tokens: TokensService): void {
  const duration = new Histogram({
    name: 'latchkey_token_verification_seconds',
    help: 'Time to verify an access token that was not verified before.',
    buckets: BUCKETS,
    registers: [registry],
  });
  tokens.observeVerifications((seconds) => duration.observe(seconds));
}
