import type { SecretOrKeyProvider } from 'passport-jwt';

/**
 * The key provider of Latchkey's strategies. They have `TokensService` verify, so passport-jwt never asks for a key;
 * should a later version of it come to verify by itself, it gets none and refuses.
 */
export const refuseOwnVerification: SecretOrKeyProvider = (_request, _token, done) =>
  done(new Error('Latchkey verifies tokens itself'));
