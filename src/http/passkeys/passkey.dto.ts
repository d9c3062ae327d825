import { IsObject, IsOptional, IsString, MaxLength } from 'class-validator';
import { IsDisplayName } from '../../users/is-display-name.js';
import { EnrolmentDto } from '../mfa/totp.dto.js';

/** The body of `POST /auth/passkeys`. */
export class AddPasskeyDto extends EnrolmentDto {
  @IsString()
  @MaxLength(64)
  ticket: string;

  @IsObject()
  response: object;

  @IsOptional()
  @IsDisplayName()
  name?: string | null;
}

/** The body of `PATCH /auth/passkeys/:id`. */
export class RenamePasskeyDto {
  @IsDisplayName()
  name: string;
}

/** The body of `POST /auth/login/mfa/options`. */
export class MfaOptionsDto {
  /** What the login returned; otherwise, the cookie is used. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  mfaToken?: string | null;
}
