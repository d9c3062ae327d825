import { Controller, Get, Header, Headers } from '@nestjs/common';
import { Registry } from 'prom-client';
import { NotFoundError, Public } from '../../index.js';
import { MetricsAccess } from './metrics-access.js';

/** The metrics in Prometheus's text format. To those who may not read them there is nothing here. */
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
