import { Body, Controller, HttpCode, Post, UseGuards, VERSION_NEUTRAL } from '@nestjs/common';
import { ValidationFailedError } from '../../errors/auth-errors.js';
import { TokenIntrospection } from '../../tokens/token-introspection.js';
import { Public } from '../decorators/public.decorator.js';
import { NoStoreGuard } from '../guards/no-store.guard.js';
import { ClientAuthGuard } from './client-auth.guard.js';

/** Token introspection and revocation for resource servers, with form-encoded bodies as OAuth requires. */
@Public()
@Controller({ path: 'oauth', version: VERSION_NEUTRAL })
@UseGuards(NoStoreGuard, ClientAuthGuard)
export class OAuthController {
  constructor(private readonly tokens: TokenIntrospection) {}

  /** `POST /oauth/introspect` (RFC 7662 §2): a token that is not valid now is just not active, whatever the reason. */
  @Post('introspect')
  @HttpCode(200)
  async introspect(@Body() body: unknown) {
    const claims = await this.tokens.introspect(tokenIn(body));
    if (!claims) return { active: false };
    return { active: true, token_type: claims.type === 'access' ? 'Bearer' : 'refresh_token', ...claims };
  }

  /** `POST /oauth/revoke` (RFC 7009 §2.2): 200 whether or not there was anything to revoke. */
  @Post('revoke')
  @HttpCode(200)
  async revoke(@Body() body: unknown): Promise<void> {
    await this.tokens.revoke(tokenIn(body));
  }
}

/** Ignores `token_type_hint`: the two kinds of token cannot be confused. */
function tokenIn(body: unknown): string {
  const token = (body as { token?: unknown } | undefined | null)?.token;
  if (typeof token === 'string' && token !== '') return token;
  const message = 'token must be given exactly once in a form-encoded body';
  throw new ValidationFailedError({ details: [{ field: 'token', message }] });
}
