import { Controller, Get, Header, Headers } from '@nestjs/common';
import { Registry } from 'prom-client';
import { NotFoundError, Public } from '../../index.js';
import { MetricsAccess } from './metrics-access.js';

/** Serves the metrics in Prometheus text format. Clients without access get 404. */
@Public()
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly registry: Registry,
    private readonly access: MetricsAccess,
  ) {}

  @Get()
  @Header('Content-Type', Registry.PROMETHEUS_CONTENT_TYPE)
  @Header('Cache-Control', 'no-store')
  read(@Headers('authorization') authorization?: string): Promise<string> {
    if (!this.access.allows(authorization)) throw new NotFoundError();
    return this.registry.metrics();
  }
}
