import { Controller, Get, Header, Headers, Res } from '@nestjs/common';
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
  @Header('Cache-Control', 'no-store')
  read(
    @Res({ passthrough: true }) reply: { header(name: string, value: string): unknown },
    @Headers('authorization') authorization?: string,
  ): Promise<string> {
    if (!this.access.allows(authorization)) throw new NotFoundError();
    // Not earlier: an error is JSON.
    reply.header('Content-Type', Registry.PROMETHEUS_CONTENT_TYPE);
    return this.registry.metrics();
  }
}
