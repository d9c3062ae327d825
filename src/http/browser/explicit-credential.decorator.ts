import { SetMetadata } from '@nestjs/common';

export const EXPLICIT_CREDENTIALS = 'latchkey:explicit-credentials';

/** An access token in the `Authorization` header, or a refresh token in the body. */
export type ExplicitCredential = 'bearer' | 'body';

/**
 * For routes that take or clear the cookies themselves: which credentials go before the cookies there. A request with
 * none of them is about the cookies, even if it brings none: its answer may set or clear them.
 */
export const CookiesUnless = (...credentials: ExplicitCredential[]) =>
  SetMetadata(EXPLICIT_CREDENTIALS, credentials);

export const CLEARS_COOKIES = 'latchkey:clears-cookies';

/** For routes whose answer clears the cookies whatever credential was sent: what cookies come along are at stake too. */
export const ClearsCookies = () => SetMetadata(CLEARS_COOKIES, true);
