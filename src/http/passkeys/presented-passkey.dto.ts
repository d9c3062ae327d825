import { IsObject, IsString, MaxLength } from 'class-validator';

/** What a browser got from an authenticator. What is in the response is checked later, everywhere in the same way. */
export class PresentedPasskeyDto {
  @IsString()
  @MaxLength(64)
  ticket: string;

  @IsObject()
  response: object;
}
