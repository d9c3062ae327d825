import { Type } from 'class-transformer';
import { IsOptional, IsString, Matches, MaxLength, ValidateNested } from 'class-validator';
import { PresentedPasskeyDto } from '../passkeys/presented-passkey.dto.js';

/** Six digits, as they are on a keyboard. */
export const IsCode = () => Matches(/^[0-9]{6}$/, { message: '$property must be six digits' });

/** What proves a second factor: exactly one of these. */
export class FactorAnswerDto {
  @IsOptional()
  @IsCode()
  code?: string;

  @IsOptional()
  @IsString()
  @MaxLength(100)
  recoveryCode?: string;

  @IsOptional()
  @ValidateNested()
  @Type(() => PresentedPasskeyDto)
  passkey?: PresentedPasskeyDto;
}
