import { IsOptional, IsString, MaxLength } from 'class-validator';
import { IsEmailAddress } from './is-email-address.js';
import { IsDisplayName } from './is-display-name.js';

/** The body of `POST /auth/register`. */
export class RegisterDto {
  @IsEmailAddress()
  email: string;

  /** `AuthService` checks it against the password policy. */
  @IsString()
  @MaxLength(2048)
  password: string;

  @IsOptional()
  @IsDisplayName()
  name?: string | null;
}
