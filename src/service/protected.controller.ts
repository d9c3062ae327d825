import { Controller, Get, UseGuards } from '@nestjs/common';
import { type AuthUser, CurrentUser, JwtAuthGuard } from '../index.js';

/** The sample resource: what a route of your own looks like. It knows the caller from the token alone. */
@Controller('api')
@UseGuards(JwtAuthGuard)
export class ProtectedController {
  @Get('protected')
  read(@CurrentUser() { id, roles, permissions, sessionId }: AuthUser) {
    return { message: 'You are logged in.', user: { id, roles, permissions, sessionId } };
  }
}
