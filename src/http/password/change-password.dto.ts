import { IsString, MaxLength } from 'class-validator';

/** The body of `POST /auth/password`. */
export class ChangePasswordDto {
  @IsString()
  @MaxLength(2048)
  currentPassword: string;

  /** `AuthService` checks it against the password policy. */
  @IsString()
  @MaxLength(2048)
  newPassword: string;
}
