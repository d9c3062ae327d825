import { type ApiDescription, authApi } from '../../index.js';
import { AuditEventsController } from '../audit/audit-events.controller.js';
import { healthApi } from '../health/health.docs.js';
import { MetricsController } from '../metrics/metrics.controller.js';
import { PAGE_CONTROLLERS } from '../pages/served-pages.js';
import { protectedApi } from '../protected.docs.js';

/** The description of the service: the module's endpoints plus its own. */
export const serviceApi: ApiDescription = {
  tags: { ...authApi.tags, service: 'The service itself.' },
  controllers: [...authApi.controllers, protectedApi, healthApi],
  schemas: authApi.schemas,
};

/** Not part of the API: what other systems of the operator read, and pages for people. */
export const NOT_IN_API: readonly { name: string }[] = [
  MetricsController,
  AuditEventsController,
  ...PAGE_CONTROLLERS,
];
