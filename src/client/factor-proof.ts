/** The answer of a passkey: the ticket that came with the options, and what the browser returned, in its JSON form. */
export interface PresentedPasskey {
  ticket: string;
  response: object;
}

/** What proves a second factor: a code of an authenticator app, a recovery code, or a passkey. */
export type FactorProof = { code: string } | { recoveryCode: string } | { passkey: PresentedPasskey };
