import { IsOptional, IsString, MaxLength } from 'class-validator';
import { ActionTokenDto } from '../shared/action-token.dto.js';

/** The body of `POST /auth/register/confirm`. */
export class ConfirmRegistrationDto extends ActionTokenDto {
  /** The password that was chosen. Not needed in the browser in which the registration began. */
  @IsOptional()
  @IsString()
  @MaxLength(2048)
  password?: string;
}
