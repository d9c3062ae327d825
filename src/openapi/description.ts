import type { AuthErrorCode } from '../errors/auth-error.js';
import type { ApiHeaders } from './headers.js';
import type { ApiSchema } from './schema.js';
import type { ApiSecurity } from './security.js';

/** A parameter of a route, as OpenAPI's Parameter Object. */
export interface ApiParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly description: string;
  readonly schema: ApiSchema;
}

/** The body a route reads: JSON, unless `mediaType` says otherwise. */
export interface ApiBody {
  readonly schema: ApiSchema;
  readonly required: boolean;
  readonly mediaType?: string;
}

/** What a route answers when all is well; without a schema the answer has no body. */
export interface ApiAnswer {
  readonly description: string;
  readonly schema?: ApiSchema;
  readonly headers?: ApiHeaders;
}

/** What a route does, needs and answers. */
export interface ApiOperation {
  /** The name of the method in generated clients; no two operations share one. */
  readonly operationId: string;
  readonly summary: string;
  readonly security: ApiSecurity;
  readonly parameters?: readonly ApiParameter[];
  readonly body?: ApiBody;
  /** By HTTP status. */
  readonly answers: Readonly<Record<number, ApiAnswer>>;
  /** Every code with which the route itself may refuse; any route may fail with `INTERNAL_ERROR` as well. */
  readonly errors: readonly AuthErrorCode[];
}

/** A description for each route of a controller, by the name of its method. */
export type ApiOperations<Controller> = {
  readonly [
    Method in keyof Controller as Controller[Method] extends (...args: never[]) => unknown ? Method : never
  ]: ApiOperation;
};

/** A controller and the description of its routes. */
export interface DescribedController {
  readonly controller: new (...args: never[]) => object;
  readonly tag: string;
  readonly operations: Readonly<Record<string, ApiOperation>>;
  /** The named schemas that the operations bring along. */
  readonly schemas: Readonly<Record<string, ApiSchema>>;
}

/** An API: its controllers, what its tags mean, and the schemas that several controllers share. */
export interface ApiDescription {
  readonly tags: Readonly<Record<string, string>>;
  readonly controllers: readonly DescribedController[];
  readonly schemas: Readonly<Record<string, ApiSchema>>;
}

/** Describes a controller. A route without a description does not compile, nor does a description without a route. */
export function describeController<Controller extends object>(
  controller: new (...args: never[]) => Controller,
  description: {
    tag: string;
    operations: ApiOperations<Controller>;
    schemas?: Readonly<Record<string, ApiSchema>>;
  },
): DescribedController {
  const { tag, operations, schemas = {} } = description;
  return { controller, tag, operations: operations as Record<string, ApiOperation>, schemas };
}
