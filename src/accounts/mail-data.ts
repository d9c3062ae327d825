import type { ClientInfo } from '../sessions/session-types.js';

/** When and from where something was done, as mails tell it. */
export function occasionOf(client?: ClientInfo): { at: string; ip?: string } {
  return { at: new Date().toISOString(), ...(client?.ip !== undefined && { ip: client.ip }) };
}

/** When an action that is created now expires. */
export function expiryOf(seconds: number): { expiresAt: string } {
  return { expiresAt: new Date(Date.now() + seconds * 1_000).toISOString() };
}
