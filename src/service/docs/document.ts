import { readFileSync } from 'node:fs';
import { type ApiSchema, authApi, openApiOperation } from '../../index.js';
import { NOT_IN_API, serviceApi } from './service-api.js';

/** What the document depends on besides the code. */
export interface DocumentSettings {
  /** See `SessionCookies.names`. */
  cookies: { access: string; refresh: string };
  silentRefresh: boolean;
}

/** The paths and methods of the service, each with its {@link routeName}. */
export type MappedPaths = Record<string, Record<string, { operationId: string }>>;

const { version, license } = JSON.parse(
  readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
) as { version: string; license: string };

const DESCRIPTION = `Sessions, access tokens and refresh tokens.

Every answer has an \`X-Request-Id\`; every error has the body of the schema \`Error\`.`;

/** The name by which a route is found among the descriptions. */
export const routeName = (controller: string, method: string) => `${controller}.${method}`;

/**
 * The OpenAPI document: the routes as Nest has mapped them, described. A route without a description keeps the name it
 * has in `mapped`.
 */
export function describeService(mapped: MappedPaths, { cookies, silentRefresh }: DocumentSettings) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Latchkey',
      version,
      description: DESCRIPTION,
      license: { name: license, identifier: license },
    },
    servers: [{ url: '/', description: 'This service.' }],
    tags: Object.entries(serviceApi.tags).map(([name, description]) => ({ name, description })),
    paths: describePaths(mapped, silentRefresh),
    components: {
      schemas: { ...serviceApi.schemas, ...schemasOfControllers() },
      securitySchemes: authApi.securitySchemes(cookies),
    },
  };
}

function describePaths(mapped: MappedPaths, silentRefresh: boolean) {
  const described = operationsByRoute(silentRefresh);
  const paths = Object.entries(mapped).map(([path, methods]) => {
    const inApi = Object.entries(methods).filter(([, route]) => isInApi(route.operationId));
    const operations = inApi.map(([method, route]) => [method, described.get(route.operationId) ?? route]);
    return [path, Object.fromEntries(operations) as Record<string, object>] as const;
  });
  return Object.fromEntries(paths.filter(([, operations]) => Object.keys(operations).length > 0));
}

function isInApi(route: string): boolean {
  return !NOT_IN_API.some(({ name }) => route.startsWith(routeName(name, '')));
}

function operationsByRoute(silentRefresh: boolean) {
  const entries = serviceApi.controllers.flatMap(({ controller, tag, operations }) =>
    Object.entries(operations).map(
      ([method, description]) =>
        [routeName(controller.name, method), openApiOperation(description, { tag, silentRefresh })] as const,
    ),
  );
  return new Map(entries);
}

function schemasOfControllers(): Record<string, ApiSchema> {
  return Object.fromEntries(serviceApi.controllers.flatMap(({ schemas }) => Object.entries(schemas)));
}
