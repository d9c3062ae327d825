import { IsOptional, IsString } from 'class-validator';

/** For clients that keep the refresh token themselves; others send it in its cookie. */
export class RefreshTokenDto {
  @IsOptional()
  @IsString()
  refreshToken?: string | null;
}
