import { SetMetadata } from '@nestjs/common';

export const EXPLICIT_CREDENTIALS = 'latchkey:explicit-credentials';

/** An access token in the `Authorization` header, or a refresh token in the body. */
export type ExplicitCredential = 'bearer' | 'body';

/**
 * For routes that read or clear the cookies themselves: names the credentials that take precedence over the cookies. A
 * request without any of them is about the cookies, even if it carries none: the response may set or clear them.
 */
export const CookiesUnless = (...credentials: ExplicitCredential[]) =>
  SetMetadata(EXPLICIT_CREDENTIALS, credentials);

export const CLEARS_COOKIES = 'latchkey:clears-cookies';

/** For routes whose response clears the cookies whichever credential was sent: any cookies sent are at stake too. */
export const ClearsCookies = () => SetMetadata(CLEARS_COOKIES, true);
