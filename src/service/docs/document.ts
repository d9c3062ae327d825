import { readFileSync } from 'node:fs';
import { type ApiSchema, authApi, openApiOperation } from '../../index.js';
import { NOT_IN_API, serviceApi } from './service-api.js';

/** The settings that affect the document. */
export interface DocumentSettings {
  /** See `SessionCookies.names`. */
  cookies: { access: string; refresh: string };
  silentRefresh: boolean;
}

/** Nest's names for a route with several paths: one operation, described at the first of them. */
const FIRST_PATH = /\[0\]$/;
const FURTHER_PATH = /\[[1-9]\d*\]$/;

/** The paths and methods of the service, each with its {@link routeName} as the operation id. */
export type MappedPaths = Record<string, Record<string, { operationId: string }>>;

const { version, license } = JSON.parse(
  readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
) as { version: string; license: string };

const DESCRIPTION = `Sessions, access tokens and refresh tokens.

Every response has an \`X-Request-Id\` header. The body of every error follows the schema \`Error\`, or
\`OAuthError\` below \`/oauth\`.`;

/** The name that links a route to its description. */
export const routeName = (controller: string, method: string) => `${controller}.${method}`;

/**
 * Generates the OpenAPI document by adding descriptions to the routes that Nest has mapped. A route without a
 * description keeps its operation id from `mapped`.
 */
export function describeService(mapped: MappedPaths, { cookies, silentRefresh }: DocumentSettings) {
  const paths = describePaths(mapped, silentRefresh);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Latchkey',
      version,
      description: DESCRIPTION,
      license: { name: license, identifier: license },
    },
    servers: [{ url: '/', description: 'This service.' }],
    tags: usedTags(paths),
    paths,
    components: {
      schemas: usedBy(paths, { ...serviceApi.schemas, ...schemasOfControllers() }),
      securitySchemes: authApi.securitySchemes(cookies),
    },
  };
}

function describePaths(mapped: MappedPaths, silentRefresh: boolean) {
  const described = operationsByRoute(silentRefresh);
  const paths = Object.entries(mapped).map(([path, methods]) => {
    const inApi = Object.entries(methods).filter(([, route]) => isInApi(route.operationId));
    const operations = inApi.map(([method, route]) => [
      method,
      described.get(route.operationId.replace(FIRST_PATH, '')) ?? route,
    ]);
    return [path, Object.fromEntries(operations) as Record<string, object>] as const;
  });
  return Object.fromEntries(paths.filter(([, operations]) => Object.keys(operations).length > 0));
}

function isInApi(route: string): boolean {
  if (FURTHER_PATH.test(route)) return false;
  return !NOT_IN_API.some(({ name }) => route.startsWith(routeName(name, '')));
}

function operationsByRoute(silentRefresh: boolean) {
  const entries = serviceApi.controllers.flatMap(({ controller, tag, operations }) =>
    Object.entries(operations).flatMap(([method, description]) => {
      const operation = openApiOperation(description, { tag, silentRefresh });
      // The module's own routes already have the id of their operation.
      const names = [routeName(controller.name, method), description.operationId];
      return names.map((name) => [name, operation] as const);
    }),
  );
  return new Map(entries);
}

function schemasOfControllers(): Record<string, ApiSchema> {
  return Object.fromEntries(serviceApi.controllers.flatMap(({ schemas }) => Object.entries(schemas)));
}

/** Those of routes that exist. */
function usedTags(paths: Record<string, Record<string, { tags?: readonly string[] }>>) {
  const used = new Set(
    Object.values(paths).flatMap((methods) => Object.values(methods).flatMap(({ tags = [] }) => tags)),
  );
  return Object.entries(serviceApi.tags)
    .filter(([name]) => used.has(name))
    .map(([name, description]) => ({ name, description }));
}

/** The schemas that the routes refer to, also by way of other schemas: routes that are off leave theirs behind. */
function usedBy(paths: object, schemas: Record<string, ApiSchema>): Record<string, ApiSchema> {
  const used = new Set<string>();
  const follow = (value: object): void => {
    for (const [, name] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (used.has(name!)) continue;
      used.add(name!);
      if (schemas[name!]) follow(schemas[name!]!);
    }
  };
  follow(paths);
  return Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name)));
}
