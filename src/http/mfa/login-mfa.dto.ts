import { IsBoolean, IsOptional, IsString, MaxLength } from 'class-validator';
import { FactorAnswerDto } from './factor-answer.dto.js';

/** The body of `POST /auth/login/mfa`. */
export class LoginMfaDto extends FactorAnswerDto {
  /** What the login returned; otherwise, the cookie is used. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  mfaToken?: string | null;

  /** Whether the second factor is not asked for on this device for some time. */
  @IsOptional()
  @IsBoolean()
  trustDevice?: boolean | null;
}
