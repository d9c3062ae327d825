import { IsString, MaxLength } from 'class-validator';

/** No more than types and sizes: a login with an impossible address fails as one with a wrong password does. */
export class LoginDto {
  @IsString()
  @MaxLength(2048)
  email: string;

  @IsString()
  @MaxLength(2048)
  password: string;
}
