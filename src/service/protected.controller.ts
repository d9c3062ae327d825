import { Controller, Get, UseGuards } from '@nestjs/common';
import {
  AuthService,
  type AuthUser,
  CurrentUser,
  JwtAuthGuard,
  toUserView,
  UnavailableError,
} from '../index.js';

/** The sample resource: what a route of your own looks like. */
@Controller('api')
@UseGuards(JwtAuthGuard)
export class ProtectedController {
  constructor(private readonly auth: AuthService) {}

  @Get('protected')
  async read(@CurrentUser() user: AuthUser) {
    return { message: 'You are logged in.', user: await this.profileOf(user) };
  }

  /** The guard needs no database; while it is away, what the token says of the user is enough. */
  private async profileOf({ id, roles, permissions }: AuthUser) {
    try {
      return toUserView(await this.auth.me(id));
    } catch (error) {
      if (error instanceof UnavailableError) return { id, roles, permissions };
      throw error;
    }
  }
}
