import type { INestApplication } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { SessionCookies } from '../../index.js';
import { describeService, type MappedPaths, routeName } from './document.js';

/** Returns a separate Fastify instance that serves Swagger UI and the OpenAPI document of `app`, generated on first access. */
export async function swaggerOf(app: INestApplication, silentRefresh: boolean): Promise<FastifyInstance> {
  const adapter = new FastifyAdapter();
  // All that Swagger needs of the app that serves it.
  const served = { getHttpAdapter: () => adapter } as unknown as INestApplication;
  SwaggerModule.setup('docs', served, () => documentOf(app, silentRefresh), {
    jsonDocumentUrl: 'openapi.json',
    customSiteTitle: 'Latchkey API',
  });
  const fastify = adapter.getInstance() as FastifyInstance;
  await fastify.ready();
  return fastify;
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
