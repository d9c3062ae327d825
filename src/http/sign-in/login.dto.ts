import { IsOptional, IsString, MaxLength } from 'class-validator';

/**
 * The body of `POST /auth/login`. Only types and sizes are checked: a login with an invalid email address fails in the
 * same way as one with a wrong password.
 */
export class LoginDto {
  @IsString()
  @MaxLength(2048)
  email: string;

  @IsString()
  @MaxLength(2048)
  password: string;

  /** What an earlier login returned; otherwise, the cookie is used. One that is not valid is as good as none. */
  @IsOptional()
  @IsString()
  deviceProof?: string | null;
}
