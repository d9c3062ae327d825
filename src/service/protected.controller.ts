import { Controller, Get, UseGuards } from '@nestjs/common';
import {
  AuthService,
  type AuthUser,
  CurrentUser,
  JwtAuthGuard,
  toUserView,
  UnavailableError,
} from '../index.js';

/** A sample resource that shows what your own routes look like. */
@Controller('api')
@UseGuards(JwtAuthGuard)
export class ProtectedController {
  constructor(private readonly auth: AuthService) {}

  @Get('protected')
  async read(@CurrentUser() user: AuthUser) {
    return { message: 'You are logged in.', user: await this.profileOf(user) };
  }

  /** The guard works without the database. While it is unavailable, the claims of the token are sufficient. */
  private async profileOf({ id, roles, permissions }: AuthUser) {
    try {
      return toUserView(await this.auth.me(id));
    } catch (error) {
      if (error instanceof UnavailableError) return { id, roles, permissions };
      throw error;
    }
  }
}
