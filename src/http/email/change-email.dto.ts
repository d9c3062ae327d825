import { IsString, MaxLength } from 'class-validator';

/** The body of `POST /auth/email`. */
export class ChangeEmailDto {
  /** `EmailChange` checks that it is an email address. */
  @IsString()
  @MaxLength(2048)
  newEmail: string;
}
