/**
 * Makes the secrets of mailed links when the mails are sent. Only the hash of a secret is stored, so that no table, backup or
 * log ever holds a link that works; a mail that is sent twice has two secrets for one action.
 */
export interface ActionSecrets {
  /**
   * Adds a secret to an action and returns the token that consumes it, `lk_…`, or the short code. `undefined` if the action is
   * used up, expired, or dead: the mail is then pointless.
   * @param form what the mail shows: a link with a token (the default), or a code that people type
   * @throws UnavailableError when the store is unavailable
   */
  issue(actionId: string, form?: 'token' | 'code'): Promise<string | undefined>;
}
export const ActionSecrets = Symbol('ActionSecrets');
