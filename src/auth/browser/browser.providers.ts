import type { Provider } from '@nestjs/common';
import { TokensService } from '../../tokens/tokens.service.js';
import { ResolvedAuthOptions } from '../options/resolve-options.js';
import { provide } from '../provide.js';
import { SessionCookies } from '../session-cookies.js';
import { CsrfGuard } from './csrf.guard.js';
import { SilentRefresh } from './silent-refresh.js';
import { TrustedOrigins } from './trusted-origins.js';

/** What protects users of cookies; the guards of every module inject them. */
export const browserProviders: Provider[] = [
  provide(
    TrustedOrigins,
    [ResolvedAuthOptions],
    ({ trustedOrigins }: ResolvedAuthOptions) => new TrustedOrigins(trustedOrigins),
  ),
  provide(
    SilentRefresh,
    [TokensService, SessionCookies, TrustedOrigins, ResolvedAuthOptions],
    (
      tokens: TokensService,
      sessionCookies: SessionCookies,
      trusted: TrustedOrigins,
      { cookies }: ResolvedAuthOptions,
    ) => new SilentRefresh(tokens, sessionCookies, trusted, cookies.silentRefresh),
  ),
  CsrfGuard,
];
