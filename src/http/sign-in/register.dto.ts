import { IsOptional, IsString, MaxLength } from 'class-validator';
import { IsEmailAddress } from '../shared/is-email-address.js';
import { IsPlainText } from '../shared/is-plain-text.js';

/** The body of `POST /auth/register`. */
export class RegisterDto {
  @IsEmailAddress()
  email: string;

  /** `AuthService` checks it against the password policy. */
  @IsString()
  @MaxLength(2048)
  password: string;

  @IsOptional()
  @IsPlainText()
  @MaxLength(200)
  name?: string | null;
}
