// Your own login method: any Passport strategy that identifies the user, then `AuthService.startSession`.
import { Controller, HttpCode, Injectable, Post, Req, UseGuards } from '@nestjs/common';
import { AuthGuard, PassportStrategy } from '@nestjs/passport';
import {
  AuthService,
  CurrentUser,
  InvalidCredentialsError,
  Public,
  type UserRecord,
  UserStore,
} from 'latchkey';
import { Strategy } from 'passport-custom';
import { Inject } from '@nestjs/common';

/** Badges that a door reader knows, each with the email address of its owner. */
export const badges = new Map<string, string>();

@Injectable()
export class BadgeStrategy extends PassportStrategy(Strategy, 'badge') {
  constructor(@Inject(UserStore) private readonly users: UserStore) {
    super();
  }

  async validate(request: { headers: Record<string, string | undefined> }): Promise<UserRecord> {
    const email = badges.get(request.headers['x-badge'] ?? '');
    const user = email ? await this.users.findByEmail(email) : null;
    if (!user) throw new InvalidCredentialsError();
    return user;
  }
}

@Public()
@Controller('badge')
export class BadgeController {
  constructor(private readonly auth: AuthService) {}

  @UseGuards(AuthGuard('badge'))
  @Post('login')
  @HttpCode(200)
  async login(@CurrentUser() user: UserRecord, @Req() request: { ip: string }) {
    const { tokens } = await this.auth.startSession(user, { ip: request.ip });
    return tokens;
  }
}
