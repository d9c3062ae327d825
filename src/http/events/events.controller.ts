import { Controller, Get, Inject, Optional, UseGuards, UsePipes, VERSION_NEUTRAL } from '@nestjs/common';
import { AuditTrail } from '../../events/audit-trail.js';
import type { AuthUser } from '../../transports/auth-user.js';
import { AuthEndpoints } from '../shared/auth-endpoints.decorator.js';
import { ValidQuery } from '../shared/valid.decorator.js';
import { CurrentUser } from '../decorators/current-user.decorator.js';
import { EventsQueryDto } from './events-query.dto.js';
import { bodyValidation } from '../shared/validation.pipe.js';
import { type EventView, toEventView } from './event-view.js';
import { JwtAuthGuard } from '../guards/jwt-auth.guard.js';
import { NoStoreGuard } from '../guards/no-store.guard.js';

const DEFAULT_LIMIT = 50;

/** A user's own recent security events, so that they can spot activity that is not theirs. */
@Controller({ path: 'auth/events', version: VERSION_NEUTRAL })
@UseGuards(NoStoreGuard, JwtAuthGuard)
@UsePipes(bodyValidation)
@AuthEndpoints()
export class EventsController {
  /** @internal */
  constructor(@Optional() @Inject(AuditTrail) private readonly trail: AuditTrail | undefined) {}

  /** `GET /auth/events`: newest first. Empty when the audit trail is turned off. */
  @Get()
  async list(@CurrentUser() user: AuthUser, @ValidQuery() { limit }: EventsQueryDto): Promise<EventView[]> {
    const events = await this.trail?.newestOf(user.id, Number(limit ?? DEFAULT_LIMIT));
    return (events ?? []).map(toEventView);
  }
}
