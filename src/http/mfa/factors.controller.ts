import {
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  Req,
  UseGuards,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { NotFoundError } from '../../errors/auth-errors.js';
import { FactorChanges } from '../../mfa/factor-changes.js';
import { TrustedDevices } from '../../mfa/trusted-devices.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import type { AuthUser } from '../../transports/auth-user.js';
import { JsonBodyGuard } from '../browser/json-body.guard.js';
import { CurrentUser } from '../decorators/current-user.decorator.js';
import { JwtAuthGuard } from '../guards/jwt-auth.guard.js';
import { NoStoreGuard } from '../guards/no-store.guard.js';
import { RateLimited } from '../rate-limits/rate-limited.decorator.js';
import { AuthEndpoints } from '../shared/auth-endpoints.decorator.js';
import { clientOf } from '../shared/client-of.js';
import { FactorAccess } from './factor-access.js';
import { type FactorView, toFactorView, toTrustedDeviceView, type TrustedDeviceView } from './factor-view.js';

/** The endpoints for a user's own second factors and trusted devices. */
@Controller({ path: 'auth', version: VERSION_NEUTRAL })
@UseGuards(NoStoreGuard, JsonBodyGuard, JwtAuthGuard)
@AuthEndpoints()
export class FactorsController {
  constructor(
    private readonly changes: FactorChanges,
    private readonly devices: TrustedDevices,
    private readonly access: FactorAccess,
  ) {}

  /** `GET /auth/factors`: the oldest first. */
  @Get('factors')
  async list(@CurrentUser() { id }: AuthUser): Promise<FactorView[]> {
    return (await this.changes.listOf(id)).map(toFactorView);
  }

  /** `DELETE /auth/factors/:id`: removes a factor; 404 when the user has no such factor. */
  @RateLimited('password')
  @Delete('factors/:id')
  @HttpCode(204)
  async remove(
    @CurrentUser() user: AuthUser,
    @Param('id') id: string,
    @Req() request: AuthRequest,
  ): Promise<void> {
    const owner = await this.access.assertRecent(user);
    if (!(await this.changes.remove(owner, id, clientOf(request)))) throw new NotFoundError();
  }

  /** `POST /auth/recovery-codes`: replaces the recovery codes; 404 for a user without a second factor. */
  @RateLimited('password')
  @Post('recovery-codes')
  async renewCodes(
    @CurrentUser() user: AuthUser,
    @Req() request: AuthRequest,
  ): Promise<{ recoveryCodes: string[] }> {
    const owner = await this.access.assertRecent(user);
    const recoveryCodes = await this.changes.renewRecoveryCodes(owner, clientOf(request));
    if (!recoveryCodes) throw new NotFoundError();
    return { recoveryCodes };
  }

  /** `GET /auth/devices`: the devices on which the user logs in without a second factor, most recently used first. */
  @Get('devices')
  async listDevices(@CurrentUser() { id }: AuthUser): Promise<TrustedDeviceView[]> {
    return (await this.devices.listOf(id)).map(toTrustedDeviceView);
  }

  /** `DELETE /auth/devices/:id`: trusts a device no longer; 404 when the user trusts no such device. */
  @RateLimited('password')
  @Delete('devices/:id')
  @HttpCode(204)
  async removeDevice(
    @CurrentUser() user: AuthUser,
    @Param('id') id: string,
    @Req() request: AuthRequest,
  ): Promise<void> {
    if (!(await this.devices.remove(user.id, id, clientOf(request)))) throw new NotFoundError();
  }
}
