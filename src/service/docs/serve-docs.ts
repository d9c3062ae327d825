import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { SessionCookies } from '../../index.js';
import { describeService, type MappedPaths, routeName } from './document.js';

/**
 * Serves the OpenAPI document at `/openapi.json` and Swagger UI at `/docs`. The document is generated on first access.
 */
export function serveDocs(app: INestApplication, { silentRefresh }: { silentRefresh: boolean }): void {
  SwaggerModule.setup('docs', app, () => documentOf(app, silentRefresh), {
    jsonDocumentUrl: 'openapi.json',
    customSiteTitle: 'Latchkey API',
  });
}

function documentOf(app: INestApplication, silentRefresh: boolean): OpenAPIObject {
  const { paths } = SwaggerModule.createDocument(app, new DocumentBuilder().build(), {
    operationIdFactory: routeName,
  });
  const { names: cookies } = app.get(SessionCookies);
  const document = describeService(paths as MappedPaths, { cookies, silentRefresh });
  // The types of @nestjs/swagger are for OpenAPI 3.0, which has neither `identifier` nor lists of types.
  return document as unknown as OpenAPIObject;
}
