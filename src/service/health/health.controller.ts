import { Controller, Get } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Public, UnavailableError } from '../../index.js';
import { ShutdownState } from './shutdown-state.js';

@Public()
@Controller('health')
export class HealthController {
  constructor(
    private readonly database: DataSource,
    private readonly shutdown: ShutdownState,
  ) {}

  /** The process answers: nothing more. */
  @Get('live')
  live() {
    return { status: 'ok' };
  }

  /** Requests may be sent here: the database answers and the service is not about to stop. */
  @Get('ready')
  async ready() {
    if (this.shutdown.begun)
      throw new UnavailableError({ message: 'The service is stopping.', retryAfter: 1 });
    try {
      await this.database.query('SELECT 1');
    } catch (cause) {
      throw new UnavailableError({ message: 'The database does not answer.', retryAfter: 1, cause });
    }
    return { status: 'ok', database: 'up' };
  }
}
