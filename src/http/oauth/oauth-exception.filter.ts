import { type ArgumentsHost, Catch, HttpException } from '@nestjs/common';
import { OAuthError } from '../../errors/oauth-error.js';
import { AuthExceptionFilter } from '../shared/auth-exception.filter.js';

/** Responds to the errors of the OAuth endpoints in the words of OAuth (RFC 6749 §5.2), including those of a host's guards. */
@Catch(HttpException)
export class OAuthExceptionFilter extends AuthExceptionFilter {
  override catch(error: HttpException, host: ArgumentsHost): void {
    super.catch(OAuthError.from(error), host);
  }
}
