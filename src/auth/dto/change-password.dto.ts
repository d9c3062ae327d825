import { IsString, MaxLength } from 'class-validator';

export class ChangePasswordDto {
  @IsString()
  @MaxLength(1024)
  currentPassword: string;

  /** Held against the password policy by `AuthService`. */
  @IsString()
  @MaxLength(1024)
  newPassword: string;
}
