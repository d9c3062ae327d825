import { Histogram, type Registry } from 'prom-client';
import type { TokensService } from '../../index.js';

const BUCKETS = [0.000_02, 0.000_05, 0.000_1, 0.000_2, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.05];

/** Measures only verifications with cryptography. Tokens found in the cache are not counted at all. */
export function timeVerifications(registry: Registry, tokens: TokensService): void {
  const duration = new Histogram({
    name: 'latchkey_token_verification_seconds',
    help: 'Time to verify an access token that has not been verified before.',
    buckets: BUCKETS,
    registers: [registry],
  });
  tokens.observeVerifications((seconds) => duration.observe(seconds));
}
