import { IsEmailAddress } from '../../users/is-email-address.js';

/** The body of `POST /auth/password/forgot`. */
export class ForgotPasswordDto {
  @IsEmailAddress()
  email: string;
}
