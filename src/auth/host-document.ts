import type { INestApplicationContext, Type } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { SessionCookies } from '../http/browser/session-cookies.js';
import { wellKnownApi } from '../http/oauth/well-known.docs.js';
import { underHostNames } from '../openapi/host-terms.js';
import { securitySchemes } from '../openapi/security.js';
import { describeForSwagger } from '../openapi/swagger-metadata.js';
import { authApi } from './auth-api.js';

/** The part of an OpenAPI document that is completed. */
interface SwaggerDocument {
  paths: Record<string, { get?: { operationId?: string; summary?: string } }>;
  components?: { securitySchemes?: object };
}

/** The ids of the operations whose routes have several paths, by summary. */
const WITH_SEVERAL_PATHS = new Map(
  Object.entries(wellKnownApi.operations)
    .filter(([method]) => method.endsWith('OfPath'))
    .map(([, { summary, operationId }]) => [summary, operationId]),
);

const schemas = {
  ...authApi.schemas,
  ...Object.fromEntries(authApi.controllers.flatMap((described) => Object.entries(described.schemas))),
};

/**
 * Describes the routes of our controllers, and of the host's subclasses of them, for the document of @nestjs/swagger.
 * Only registered routes get into that document, under the paths they really have.
 */
export function describeRegisteredRoutes(modules: ModulesContainer, silentRefresh: boolean): void {
  const controllers = [...modules.values()].flatMap((module) => [...module.controllers.values()]);
  for (const { metatype } of controllers) {
    const described = metatype && authApi.controllers.find((each) => extendsOrIs(metatype, each.controller));
    if (described) describeForSwagger(metatype as Type, { described, schemas, silentRefresh });
  }
}

const extendsOrIs = (metatype: unknown, controller: { prototype: object }) =>
  metatype === controller || (metatype as Type).prototype instanceof (controller as unknown as Type);

/**
 * Completes what Latchkey's routes are in the document that `SwaggerModule.createDocument()` returns. Adds their security
 * schemes: `bearer` and `cookie` for the access token, `refreshCookie`, and `basic` for resource servers. A scheme that
 * the document has under one of these names, for example from `addBearerAuth()`, stays as it is. Your own routes refer to
 * them with `@ApiBearerAuth()` and `@ApiCookieAuth()`. Returns a new document.
 */
export function withAuthDocs<Document extends SwaggerDocument>(
  document: Document,
  app: INestApplicationContext,
): Document {
  const ours = underHostNames<object>(securitySchemes(app.get(SessionCookies, { strict: false }).names));
  const { components, paths } = document;
  return {
    ...document,
    paths: describedOnce(paths),
    components: { ...components, securitySchemes: { ...ours, ...components?.securitySchemes } },
  };
}

/** One operation for a route with several paths, at the first of them: each path would need parameters of its own. */
function describedOnce(paths: SwaggerDocument['paths']): SwaggerDocument['paths'] {
  const seen = new Set<string>();
  const kept = Object.entries(paths).flatMap(([path, item]) => {
    const operationId = item.get?.summary && WITH_SEVERAL_PATHS.get(item.get.summary);
    if (!operationId) return [[path, item] as const];
    if (seen.has(operationId)) return [];
    seen.add(operationId);
    return [[path, { ...item, get: { ...item.get, operationId } }] as const];
  });
  return Object.fromEntries(kept);
}
