/** How strongly a user has authenticated, weakest first: password, several factors, a factor that resists phishing. */
export const ACR_LEVELS = ['pwd', 'mfa', 'phr'] as const;

/** One of the values of the claim `acr`: `pwd`, `mfa` or `phr`. */
export type AuthenticationLevel = (typeof ACR_LEVELS)[number];

/** How a user has authenticated, and when. */
export interface SessionAuthentication {
  acr: AuthenticationLevel;
  /** The methods, by their names of RFC 8176, such as `pwd` and `otp`: at most five, because tokens have room for no more. */
  amr: readonly string[];
  /** Default: now, on the clock of the store. */
  at?: Date;
}

/** What is stored of it with a session. `null` or missing: with a password, when the session began. */
export interface StoredAuthentication {
  authTime?: Date | null;
  amr?: readonly string[] | null;
  acr?: string | null;
}

export const BY_PASSWORD: SessionAuthentication = { acr: 'pwd', amr: ['pwd'] };

/** The claims `acr` and `amr`, and when the user has last authenticated. */
export function authenticationOf(session: StoredAuthentication & { createdAt: Date }) {
  const { authTime, amr, acr, createdAt } = session;
  return { acr: acr ?? BY_PASSWORD.acr, amr: [...(amr ?? BY_PASSWORD.amr)], authTime: authTime ?? createdAt };
}

/** Whether `acr` is at least `needed`. A level that is unknown here, or missing, counts as the lowest. */
export function reachesLevel(acr: unknown, needed: AuthenticationLevel): boolean {
  return Math.max(0, ACR_LEVELS.indexOf(acr as AuthenticationLevel)) >= ACR_LEVELS.indexOf(needed);
}

/** What is left of an authentication whose second factor counts no longer. */
export function loweredFrom({ amr }: Pick<StoredAuthentication, 'amr'>) {
  return { acr: 'pwd', amr: !amr || amr.includes('pwd') ? ['pwd'] : amr };
}
