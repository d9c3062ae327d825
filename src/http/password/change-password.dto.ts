import { IsString, MaxLength } from 'class-validator';

/** The body of `POST /auth/password`. */
export class ChangePasswordDto {
  @IsString()
  @MaxLength(2048)
  currentPassword: string;

  /** Held against the password policy by `AuthService`. */
  @IsString()
  @MaxLength(2048)
  newPassword: string;
}
