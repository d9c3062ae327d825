import { IsOptional, IsString, MaxLength } from 'class-validator';
import { IsDisplayName } from '../../users/is-display-name.js';
import { IsCode } from './factor-answer.dto.js';

/** What opens enrolment to somebody who is not signed in: the ticket of the login, and the code that was mailed. */
export class EnrolmentDto {
  /** What the login returned; otherwise, the cookie is used. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  mfaToken?: string | null;

  @IsOptional()
  @IsString()
  @MaxLength(50)
  emailCode?: string | null;
}

/** The body of `POST /auth/totp`. */
export class NewTotpDto extends EnrolmentDto {
  @IsOptional()
  @IsDisplayName()
  name?: string | null;
}

/** The body of `POST /auth/totp/:id/confirm`. */
export class ConfirmTotpDto extends EnrolmentDto {
  @IsCode()
  code: string;
}
