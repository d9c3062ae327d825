/** What a tab knows about the session. Times are the service's, in milliseconds since the epoch. */
export interface Session {
  /** Grows with every change in any tab, so that the newer of two states is known. 0: nothing is known. */
  version: number;
  /** `undefined`: unknown, as after a page load with cookies that no script can read. */
  signedIn?: boolean;
  /** Why it is over. */
  endedBy?: string;
  /** Differs from one login to the next. `undefined`: the login was before this browser's tabs were opened. */
  began?: number;
  /** When to refresh, and when the access token expires. */
  refreshAt?: number;
  expiresAt?: number;
  /** In body transport only. */
  accessToken?: string;
  refreshToken?: string;
  /** That this browser has signed in before; kept after a logout. */
  deviceProof?: string;
}

/** Another tab or the storage may hand over something else: other scripts may write there, too. */
export function isSession(value: unknown): value is Session {
  const { version, accessToken = '', refreshToken = '', deviceProof = '' } = Object(value) as Session;
  const areTexts = [accessToken, refreshToken, deviceProof].every((token) => typeof token === 'string');
  // A version is a time or a little more, so one far in the future is made up; after it, no next one would be possible.
  return areTexts && Number.isInteger(version) && version < Date.now() + 2 ** 42;
}
