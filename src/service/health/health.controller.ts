import { Controller, Get, Optional } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Public, RedisConnection, UnavailableError } from '../../index.js';
import { ShutdownState } from './shutdown-state.js';

@Public()
@Controller('health')
export class HealthController {
  constructor(
    private readonly database: DataSource,
    private readonly shutdown: ShutdownState,
    @Optional() private readonly redis?: RedisConnection,
  ) {}

  /** Whether the process responds at all. */
  @Get('live')
  live() {
    return { status: 'ok' };
  }

  /** Whether to send requests here: the database and, if configured, Redis respond, and the service is not stopping. */
  @Get('ready')
  async ready() {
    if (this.shutdown.begun)
      throw new UnavailableError({ message: 'The service is stopping.', retryAfter: 1 });
    try {
      await this.database.query('SELECT 1');
    } catch (cause) {
      throw new UnavailableError({ message: 'The database does not answer.', retryAfter: 1, cause });
    }
    if (!this.redis) return { status: 'ok', database: 'up' };
    if (!(await this.redis.ping()))
      throw new UnavailableError({ message: 'Redis does not answer.', retryAfter: 1 });
    return { status: 'ok', database: 'up', redis: 'up' };
  }
}
