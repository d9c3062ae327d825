import { examinePasskeys, type Finding } from '../index.js';
import type { Configuration } from '../settings/configuration.js';

const NAMES = { rpId: 'WEBAUTHN_RP_ID', origins: 'WEBAUTHN_ORIGINS' };

/** Checks which pages can use the passkeys of the service, its own among them. */
export function examineServicePasskeys({ auth, mode, accountPages }: Configuration): Finding[] {
  const { passkeys, publicUrl } = auth;
  if (!passkeys) return [];
  const isProduction = mode === 'production';
  return examinePasskeys({ ...passkeys, publicUrl, hasPages: accountPages, isProduction }, NAMES);
}
