import { group, type Rule, type Rules } from './rules.js';

/** @inline */
export interface CsrfOptions {
  /**
   * Origins, besides the app's own, whose pages may use the cookies. Write them exactly as browsers send them, such as
   * `https://app.example.com`, or `capacitor://localhost` for an app in a web view. The host app configures CORS
   * itself. Default: none.
   */
  trustedOrigins?: string[];
}

const trustedOrigins: Rule<string[], string[]> = (check, option, given = []) => check.origins(option, given);

const RULES = { trustedOrigins } satisfies Rules<CsrfOptions>;

export const csrf = group(RULES);
