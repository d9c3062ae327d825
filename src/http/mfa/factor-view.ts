import { deviceName } from '../../events/device.js';
import type { Factor, FactorKindName } from '../../mfa/factor-kind.js';
import type { TrustedDevice } from '../../mfa/trusted-devices.js';

/** What a user sees of one of their second factors. Times are ISO 8601 in UTC. */
export interface FactorView {
  id: string;
  kind: FactorKindName;
  name: string | null;
  createdAt: string;
  lastUsedAt: string | null;
  /** Whether a passkey has been copied to other devices of the owner. */
  synced?: boolean;
  /** Whether a passkey can no longer be used, because a copy of it may exist. */
  suspended?: true;
  /** How many recovery codes are left. */
  remaining?: number;
}

export function toFactorView({ createdAt, lastUsedAt, ...factor }: Factor): FactorView {
  return { ...factor, createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null };
}

/** What a user sees of a device that they trust. Times are ISO 8601 in UTC. */
export interface TrustedDeviceView {
  id: string;
  createdAt: string;
  lastUsedAt: string;
  expiresAt: string;
  ip: string | null;
  userAgent: string | null;
  /** A name to show to people, such as `Firefox on Linux`; `null` when the user agent is not recognized. */
  device: string | null;
}

export function toTrustedDeviceView(trusted: TrustedDevice): TrustedDeviceView {
  const { id, ip, userAgent, createdAt, lastUsedAt, expiresAt } = trusted;
  return {
    id,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    ip,
    userAgent,
    device: deviceName(userAgent),
  };
}
