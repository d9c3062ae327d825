import { nearest } from '../../errors/nearest.js';
import {
  DEFAULT_PATHS,
  type EndpointPaths,
  type EndpointPlan,
  ROUTE_NAMES,
  type RouteName,
} from '../../http/shared/endpoint-plan.js';
import type { OptionChecker } from '../../options/option-checker.js';
import type { AuthModuleParts } from '../auth-module-parts.js';

type PathName = keyof EndpointPaths;

const PATH_NAMES = Object.keys(DEFAULT_PATHS) as PathName[];

/** Registration by mail: off with `register`, so that nobody who turns that off leaves another way in. */
const REGISTERS: ReadonlySet<RouteName> = new Set(['beginRegistration', 'confirmRegistration']);

/** The parts as they are used, once {@link judgeEndpoints} has found nothing wrong. */
export function endpointPlan({ path, routes = {} }: AuthModuleParts): EndpointPlan {
  const paths = Object.entries(pathsIn(path)).filter(([, value]) => value !== undefined);
  const normalized = paths.map(([name, value]) => [name, withoutSlashes(value as string)]);
  const off = ROUTE_NAMES.filter(
    (name) => routes[name] === false || (REGISTERS.has(name) && routes.register === false),
  );
  return {
    paths: { ...DEFAULT_PATHS, ...(Object.fromEntries(normalized) as Partial<EndpointPaths>) },
    off: new Set<RouteName>(off),
  };
}

/** Checks the parts `path` and `routes`. */
export function judgeEndpoints({ path, routes }: { path?: unknown; routes?: unknown }, check: OptionChecker) {
  if (path !== undefined) judgePaths(path, check);
  if (routes !== undefined) judgeRoutes(routes, check);
}

function judgePaths(path: unknown, check: OptionChecker): void {
  if (typeof path === 'string') return judgePath('path', 'auth', path, check);
  if (!check.isGroup('path', path, PATH_NAMES, "a path such as 'customers/auth', or an object")) return;
  for (const [name, value] of Object.entries(path as object)) {
    if (!PATH_NAMES.includes(name as PathName)) check.fail(`path.${name}`, unknown('path', name, PATH_NAMES));
    else if (value !== undefined) judgePath(`path.${name}`, name as PathName, value, check);
  }
}

/** The clients call `<baseUrl>/auth/…`, and RFC 8615 reserves `.well-known`, so these names stay at the end. */
const LAST: Partial<Record<PathName, { segment: string; reason: string }>> = {
  auth: { segment: 'auth', reason: 'because latchkey/client and latchkey/next call <baseUrl>/auth' },
  wellKnown: { segment: '.well-known', reason: 'where verifiers look (RFC 8615)' },
};

function judgePath(option: string, name: PathName, value: unknown, check: OptionChecker): void {
  const example = `such as 'customers/${DEFAULT_PATHS[name]}'`;
  if (typeof value !== 'string') return check.fail(option, `must be a path ${example}`);
  const segments = withoutSlashes(value).split('/');
  const wrong = segments.find((segment) => !/^[\w.~-]+$/.test(segment) || /^\.+$/.test(segment));
  if (wrong !== undefined)
    return check.fail(
      option,
      `must consist of segments of letters, digits and - . _ ~, ${example}; ${wrong ? `'${wrong}'` : 'an empty segment'} is none`,
    );
  const last = LAST[name];
  if (last && segments.at(-1) !== last.segment)
    check.fail(option, `must end with '${last.segment}', ${example}, ${last.reason}`);
}

function judgeRoutes(routes: unknown, check: OptionChecker): void {
  if (!check.isGroup('routes', routes, ROUTE_NAMES)) return;
  for (const [name, value] of Object.entries(routes as object)) {
    if (!ROUTE_NAMES.includes(name as RouteName))
      check.fail(`routes.${name}`, unknown('routes', name, ROUTE_NAMES));
    else if (value !== undefined && typeof value !== 'boolean')
      check.fail(`routes.${name}`, 'must be true or false: write false for a route that must not exist');
  }
}

function unknown(group: string, name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  return `is unknown: ${meant ? `did you mean ${group}.${meant}?` : `expected one of ${known.join(', ')}`}`;
}

function pathsIn(path: AuthModuleParts['path']): Partial<EndpointPaths> {
  return typeof path === 'string' ? { auth: path } : (path ?? {});
}

const withoutSlashes = (path: string) => path.replace(/^\/+|\/+$/g, '');
