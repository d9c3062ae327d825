import { IsString, MaxLength } from 'class-validator';

/** The body of `POST /auth/step-up`. */
export class StepUpDto {
  @IsString()
  @MaxLength(2048)
  password: string;
}
