import { type ExecutionContext, Injectable } from '@nestjs/common';
import { RefreshJwtGuard } from './refresh-jwt.guard.js';

/**
 * Like `RefreshJwtGuard`, but leaves the check of the session to the handler: for the route that passes the token to
 * `TokensService.rotate` in any case, whose one statement checks and changes the session.
 */
@Injectable()
export class PresentedRefreshGuard extends RefreshJwtGuard {
  override getAuthenticateOptions(context: ExecutionContext) {
    return { ...super.getAuthenticateOptions(context), sessionIsCheckedLater: true };
  }
}
