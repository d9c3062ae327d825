import { Controller, Get, Optional } from '@nestjs/common';
import { Public, RedisConnection, SessionShards } from '../../index.js';
import { Readiness } from './readiness.js';

@Public()
@Controller('health')
export class HealthController {
  constructor(
    private readonly readiness: Readiness,
    @Optional() private readonly redis?: RedisConnection,
    @Optional() private readonly shards?: SessionShards,
  ) {}

  /** Whether the process responds at all. */
  @Get('live')
  live() {
    return { status: 'ok' };
  }

  /**
   * Whether to send requests here: a session could be written and a token signed, and the service is not stopping. Redis
   * and shards can be done without.
   */
  @Get('ready')
  async ready() {
    await this.readiness.check();
    const redis = this.redis && upOrDown(await this.redis.works());
    const shards =
      this.shards && Object.fromEntries(this.shards.states.map(({ number, up }) => [number, upOrDown(up)]));
    const isDegraded = [redis, ...Object.values(shards ?? {})].includes('down');
    return {
      status: isDegraded ? 'degraded' : 'ok',
      database: 'up',
      ...(redis && { redis }),
      ...(shards && { shards }),
    };
  }
}

function upOrDown(isUp: boolean): 'up' | 'down' {
  return isUp ? 'up' : 'down';
}
