import { ValidateIf } from 'class-validator';
import { IsDisplayName } from '../../users/is-display-name.js';

/** The body of `PATCH /auth/me`. */
export class ChangeNameDto {
  @ValidateIf((_body, value) => value !== null)
  @IsDisplayName()
  name: string | null;
}
