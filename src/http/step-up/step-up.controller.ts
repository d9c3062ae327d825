import {
  Controller,
  HttpCode,
  Inject,
  Optional,
  Post,
  Req,
  Res,
  UseGuards,
  UsePipes,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { AuthService } from '../../accounts/auth.service.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import type { AuthUser } from '../../transports/auth-user.js';
import { CsrfGuard } from '../browser/csrf.guard.js';
import { JsonBodyGuard } from '../browser/json-body.guard.js';
import { CurrentUser } from '../decorators/current-user.decorator.js';
import { answerOf } from '../mfa/factor-answer.js';
import { MfaCookies } from '../mfa/mfa-cookies.js';
import { shownBy } from '../guards/owner.guard.js';
import { JwtAuthGuard } from '../guards/jwt-auth.guard.js';
import { NoStoreGuard } from '../guards/no-store.guard.js';
import { RateLimited } from '../rate-limits/rate-limited.decorator.js';
import { AuthEndpoints } from '../shared/auth-endpoints.decorator.js';
import { clientOf } from '../shared/client-of.js';
import { ValidBody } from '../shared/valid.decorator.js';
import { bodyValidation } from '../shared/validation.pipe.js';
import type { AuthResponse } from '../sign-in/auth-response.js';
import { AuthResponses } from '../sign-in/auth-responses.js';
import { StepUpDto } from './step-up.dto.js';

/** The endpoint at which signed-in users authenticate again, for what `@StepUp` protects. */
@Controller({ path: 'auth', version: VERSION_NEUTRAL })
@UseGuards(NoStoreGuard, JsonBodyGuard, CsrfGuard)
@UsePipes(bodyValidation)
@AuthEndpoints()
export class StepUpController {
  /** `undefined` if there are no second factors. Not in the constructor, which subclasses of hosts call. */
  @Optional() @Inject(MfaCookies) private readonly mfa?: MfaCookies;

  constructor(
    private readonly auth: AuthService,
    private readonly responses: AuthResponses,
  ) {}

  /** `POST /auth/step-up`: 200 with the user and a new access token of the same session. */
  @RateLimited('password')
  @UseGuards(JwtAuthGuard)
  @Post('step-up')
  @HttpCode(200)
  async stepUp(
    @CurrentUser() user: AuthUser,
    @ValidBody() body: StepUpDto,
    @Req() request: AuthRequest,
    @Res({ passthrough: true }) response: unknown,
  ): Promise<AuthResponse> {
    const limits = this.responses.limitsOf(request);
    const { id, sessionId } = user;
    const [owner, client] = [{ id, sessionId, amr: shownBy(user).amr }, clientOf(request)];
    const { password, ...others } = answerIn(body, this.mfa !== undefined);
    const end = await (password === undefined
      ? this.auth.stepUpWithFactor(owner, others, client, limits)
      : this.auth.stepUp(owner, { password }, client, limits));
    return this.responses.steppedUp(end, request, response);
  }
}

/** @throws ValidationFailedError unless there is exactly one answer that is possible here */
function answerIn({ password, ...others }: StepUpDto, hasFactors: boolean): StepUpDto {
  const answer: StepUpDto = answerOf({ password, ...(hasFactors && others) }, 'password');
  return answer;
}
