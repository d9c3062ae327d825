import type { ApiOperation, ApiParameter, DescribedController } from './description.js';
import { hostSchemaName, hostSecurity, inHostTerms } from './host-terms.js';
import { openApiOperation } from './operation.js';
import type { ApiSchema } from './schema.js';

/** The keys under which @nestjs/swagger keeps what its decorators say. Without the package, nothing reads them. */
const KEY = {
  operation: 'swagger/apiOperation',
  parameters: 'swagger/apiParameters',
  consumes: 'swagger/apiConsumes',
  models: 'swagger/apiExtraModels',
  schema: 'swagger/apiSchema',
} as const;

type Class = new (...args: never[]) => object;

/** What is described here, as opposed to by the host. Another app in this process may have other options. */
const describedHere = new WeakSet<object>();

interface DescribedRoutes {
  described: DescribedController;
  /** All schemas that descriptions refer to, by name. */
  schemas: Readonly<Record<string, ApiSchema>>;
  silentRefresh: boolean;
}

/**
 * Describes the routes of a controller in the way the decorators of @nestjs/swagger would, so that they are whole in
 * the document of the app. What the app has described itself stays: a method with `@ApiOperation()` is left alone.
 */
export function describeForSwagger(
  controller: Class,
  { described, schemas, silentRefresh }: DescribedRoutes,
): void {
  const { tag } = described;
  const write = (operation: ApiOperation) => openApiOperation(operation, { tag, silentRefresh });
  const operations = Object.entries(described.operations);
  for (const [method, operation] of operations) {
    const handler = (controller.prototype as Record<string, unknown>)[method];
    if (typeof handler === 'function' && mayDescribe(KEY.operation, handler))
      describeHandler(handler, operation, () => write(operation));
  }
  if (!mayDescribe(KEY.models, controller)) return;
  const models = () => modelsIn([operations, operations.map(([, operation]) => write(operation))], schemas);
  Reflect.defineMetadata(KEY.models, whenRead([], models), controller);
}

function mayDescribe(key: string, target: object): boolean {
  if (Reflect.hasOwnMetadata(key, target) && !describedHere.has(target)) return false;
  describedHere.add(target);
  return true;
}

/**
 * A route with several paths gets its id from the package, which makes one for each path: see `describedOnce`.
 * The members of the operation override what the package finds out itself, except for parameters and the body.
 */
function describeHandler(
  handler: object,
  { parameters = [], body, security }: ApiOperation,
  write: () => ReturnType<typeof openApiOperation>,
): void {
  const operation = () => {
    const { operationId, summary, tags, responses } = write();
    return {
      ...(!hasSeveralPaths(handler) && { operationId }),
      summary,
      tags,
      security: hostSecurity(security),
      responses: inHostTerms(responses),
    };
  };
  Reflect.defineMetadata(KEY.operation, whenRead<object>({}, operation), handler);
  const given = () => [...parameters.map(parameterOf), ...(body ? [bodyOf(body)] : [])];
  Reflect.defineMetadata(KEY.parameters, whenRead<object[]>([], given), handler);
  if (body?.mediaType) Reflect.defineMetadata(KEY.consumes, [body.mediaType], handler);
}

/** Fills `empty` when it is first read: most apps start without the package, and then nothing reads it. */
function whenRead<Value extends object>(empty: Value, make: () => Value): Value {
  let isMade = false;
  const made = (value: Value) => {
    if (!isMade) Object.assign(value, make());
    isMade = true;
    return value;
  };
  return new Proxy(empty, {
    get: (value, key) => Reflect.get(made(value), key) as unknown,
    has: (value, key) => Reflect.has(made(value), key),
    ownKeys: (value) => Reflect.ownKeys(made(value)),
    getOwnPropertyDescriptor: (value, key) => Reflect.getOwnPropertyDescriptor(made(value), key),
  });
}

const hasSeveralPaths = (handler: object) => Array.isArray(Reflect.getMetadata('path', handler));

/** The package asks every parameter for a `type`, and drops it where there is a schema. */
const parameterOf = ({ required = false, ...parameter }: ApiParameter) => ({
  ...parameter,
  required,
  type: String,
  schema: inHostTerms(parameter.schema),
});

const bodyOf = ({ required, schema }: NonNullable<ApiOperation['body']>) => ({
  in: 'body',
  required,
  type: String,
  schema: inHostTerms(schema),
});

/** The schemas that are referred to, also indirectly, each as a class of the kind from which the package takes one. */
function modelsIn(value: unknown, schemas: DescribedRoutes['schemas']): Class[] {
  const names = new Set<string>();
  const collect = (within: unknown): void => {
    for (const [, name] of (JSON.stringify(within) ?? '').matchAll(/"#\/components\/schemas\/(\w+)"/g))
      if (!names.has(name!)) {
        names.add(name!);
        collect(schemas[name!]);
      }
  };
  collect(value);
  return [...names].map((name) => modelOf(name, schemas[name]!));
}

function modelOf(name: string, schema: ApiSchema): Class {
  const model = class Model {};
  const members = Object.entries(inHostTerms(schema) as object).map(
    ([key, value]) => [key, { enumerable: true, get: () => structuredClone(value) }] as const,
  );
  // Getters, because the package converts what it reads in place: the next document may be of another version.
  const description = Object.defineProperties({ name: hostSchemaName(name) }, Object.fromEntries(members));
  Reflect.defineMetadata(KEY.schema, [description], model);
  return model;
}
