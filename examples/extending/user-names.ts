// Users who log in with a tenant and a user name, because no address of theirs is unique.
import { createHash } from 'node:crypto';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { AuthService, MfaRequiredError } from 'latchkey';

/** An address that is unique for a user name within a tenant. Nothing is ever sent to it. */
export function addressOf(tenant: string, userName: string): string {
  const key = JSON.stringify([tenant, userName.toLowerCase()]);
  return `${createHash('sha256').update(key).digest('hex')}@members.invalid`;
}

/** The login form of this app: tenant, user name and password. */
@Controller('members')
export class MemberLoginController {
  constructor(private readonly auth: AuthService) {}

  @Post('login')
  @HttpCode(200)
  async login(@Body() { tenant, userName, password }: Record<string, unknown>) {
    const email = addressOf(String(tenant), String(userName));
    const login = await this.auth.login({ email, password: String(password) });
    // This app has no second factors.
    if (login.outcome !== 'signed-in') throw new MfaRequiredError();
    const { user, tokens } = login;
    return { id: user.id, name: user.name, ...tokens };
  }
}
