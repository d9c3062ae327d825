import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { OAuthError } from '../../errors/oauth-error.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import { clientOf } from '../shared/client-of.js';
import { ClientAttempts } from './client-attempts.js';
import { clientCredentials } from './client-credentials.js';

/** Lets registered resource servers through that authenticate with `client_secret_basic` or `client_secret_post`. */
@Injectable()
export class ClientAuthGuard implements CanActivate {
  constructor(private readonly attempts: ClientAttempts) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AuthRequest>();
    const given = clientCredentials(request);
    if (given && (await this.attempts.verify(given, clientOf(request)))) return true;
    throw new OAuthError(
      401,
      'This endpoint is for registered resource servers: authenticate with id and secret.',
    );
  }
}
