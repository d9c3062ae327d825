import {
  Controller,
  Header,
  HttpCode,
  Post,
  Req,
  UseFilters,
  UseGuards,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { OAuthError } from '../../errors/oauth-error.js';
import { TokenIntrospection } from '../../tokens/token-introspection.js';
import { Public } from '../decorators/public.decorator.js';
import { NoStoreGuard } from '../guards/no-store.guard.js';
import { AuthEndpoints } from '../shared/auth-endpoints.decorator.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import { ClientAuthGuard } from './client-auth.guard.js';
import { OAuthExceptionFilter } from './oauth-exception.filter.js';
import { oauthForm } from './oauth-form.js';

/** Token introspection and revocation for resource servers, with form-encoded bodies and errors as OAuth requires. */
@Public()
@Controller({ path: 'oauth', version: VERSION_NEUTRAL })
@UseFilters(OAuthExceptionFilter)
@UseGuards(NoStoreGuard, ClientAuthGuard)
@AuthEndpoints()
export class OAuthController {
  constructor(private readonly tokens: TokenIntrospection) {}

  /** `POST /oauth/introspect` (RFC 7662 §2): anything but a live access token is just not active, whatever the reason. */
  @Post('introspect')
  @HttpCode(200)
  @Header('Pragma', 'no-cache')
  async introspect(@Req() request: AuthRequest) {
    const claims = await this.tokens.introspect(tokenIn(request));
    return claims ? { ...claims, active: true, token_type: 'Bearer' } : { active: false };
  }

  /** `POST /oauth/revoke` (RFC 7009 §2.2): 200 whether or not there was anything to revoke. */
  @Post('revoke')
  @HttpCode(200)
  async revoke(@Req() request: AuthRequest): Promise<void> {
    await this.tokens.revoke(tokenIn(request));
  }
}

/** Ignores `token_type_hint`: the two kinds of token cannot be confused. */
function tokenIn(request: AuthRequest): string {
  const token = oauthForm(request).get('token');
  if (token === undefined) throw new OAuthError(400, 'token is missing.');
  return token;
}
