import { IsOptional, IsString, MaxLength } from 'class-validator';
import { FactorAnswerDto } from '../mfa/factor-answer.dto.js';

/** The body of `POST /auth/step-up`: the password, or the answer of a second factor. */
export class StepUpDto extends FactorAnswerDto {
  @IsOptional()
  @IsString()
  @MaxLength(2048)
  password?: string;
}
