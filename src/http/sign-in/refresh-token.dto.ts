import { IsOptional, IsString } from 'class-validator';

/** The body of a refresh or logout from a client that stores the refresh token itself; others send it in its cookie. */
export class RefreshTokenDto {
  @IsOptional()
  @IsString()
  refreshToken?: string | null;
}
