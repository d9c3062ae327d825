import { IsString, MaxLength } from 'class-validator';
import { ActionTokenDto } from '../shared/action-token.dto.js';

/** The body of `POST /auth/password/reset`. */
export class ResetPasswordDto extends ActionTokenDto {
  /** `PasswordReset` checks it against the password policy. */
  @IsString()
  @MaxLength(2048)
  newPassword: string;
}
