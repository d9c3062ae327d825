import { Controller, Get, UseGuards } from '@nestjs/common';
import {
  AuthService,
  type AuthUser,
  CurrentUser,
  EmailVerification,
  JwtAuthGuard,
  NoStore,
} from '../../index.js';

/** What the account page needs to know and the API does not say: only this page asks. */
@NoStore()
@UseGuards(JwtAuthGuard)
@Controller('account/address')
export class AddressStateController {
  constructor(
    private readonly accounts: AuthService,
    private readonly verification: EmailVerification,
  ) {}

  /** Whether it is proven that the signed-in user reads the mail of the present address. */
  @Get()
  async state(@CurrentUser() user: AuthUser): Promise<{ proven: boolean }> {
    return { proven: await this.verification.isProven(await this.accounts.me(user.id)) };
  }
}
