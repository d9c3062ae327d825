import type { Provider } from '@nestjs/common';
import { ResolvedAuthOptions } from '../options/resolve-options.js';
import { provide } from '../provide.js';
import { CsrfGuard } from './csrf.guard.js';
import { TrustedOrigins } from './trusted-origins.js';

/** What protects users of cookies; the guards of every module inject them. */
export const browserProviders: Provider[] = [
  provide(
    TrustedOrigins,
    [ResolvedAuthOptions],
    ({ trustedOrigins }: ResolvedAuthOptions) => new TrustedOrigins(trustedOrigins),
  ),
  CsrfGuard,
];
