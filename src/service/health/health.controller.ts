import { Controller, Get, Optional } from '@nestjs/common';
import { Public, RedisConnection } from '../../index.js';
import { Readiness } from './readiness.js';

@Public()
@Controller('health')
export class HealthController {
  constructor(
    private readonly readiness: Readiness,
    @Optional() private readonly redis?: RedisConnection,
  ) {}

  /** Whether the process responds at all. */
  @Get('live')
  live() {
    return { status: 'ok' };
  }

  /**
   * Whether to send requests here: a session could be written and a token signed, and the service is not stopping. Redis
   * can be done without.
   */
  @Get('ready')
  async ready() {
    await this.readiness.check();
    if (!this.redis) return { status: 'ok', database: 'up' };
    return (await this.redis.works())
      ? { status: 'ok', database: 'up', redis: 'up' }
      : { status: 'degraded', database: 'up', redis: 'down' };
  }
}
