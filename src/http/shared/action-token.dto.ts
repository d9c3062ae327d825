import { IsString, MaxLength } from 'class-validator';

/** The body of the routes that mailed links lead to. */
export class ActionTokenDto {
  /** What the link has after `#t=`. */
  @IsString()
  @MaxLength(2048)
  token: string;
}
