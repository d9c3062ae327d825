import { applyDecorators, SetMetadata, UseGuards } from '@nestjs/common';
import type { RateLimitName } from '../../options/rate-limits.options.js';
import { RateLimitGuard } from './rate-limit.guard.js';
import { RATE_LIMIT } from './rate-limit.metadata.js';

/** Limits a route by client address, using the named limit of the module's options. */
export const RateLimited = (name: RateLimitName) =>
  applyDecorators(SetMetadata(RATE_LIMIT, name), UseGuards(RateLimitGuard));
