import type { AuthErrorCode } from '../errors/auth-error.js';
import type { OAuthErrorStatus } from '../errors/oauth-error.js';
import type { ApiHeaders } from './headers.js';
import type { ApiSchema } from './schema.js';
import type { ApiSecurity } from './security.js';

/** A parameter of a route, as an OpenAPI Parameter Object. */
export interface ApiParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly description: string;
  readonly schema: ApiSchema;
}

/** The body that a route reads. JSON unless `mediaType` is set. */
export interface ApiBody {
  readonly schema: ApiSchema;
  readonly required: boolean;
  readonly mediaType?: string;
}

/** A successful response of a route. Without a schema, it has no body. */
export interface ApiAnswer {
  readonly description: string;
  readonly schema?: ApiSchema;
  readonly headers?: ApiHeaders;
}

/** What a route does, accepts and returns. */
export interface ApiOperation {
  /** The name of the method in generated clients; unique among all operations. */
  readonly operationId: string;
  readonly summary: string;
  readonly security: ApiSecurity;
  /** Set on a guarded route that never renews cookies, even if `silentRefresh` is on. */
  readonly neverRenews?: boolean;
  readonly parameters?: readonly ApiParameter[];
  readonly body?: ApiBody;
  /** The successful responses by HTTP status. */
  readonly answers: Readonly<Record<number, ApiAnswer>>;
  /**
   * All error codes with which the route itself may reject a request. Any route may also fail with `INTERNAL_ERROR`.
   */
  readonly errors: readonly AuthErrorCode[];
  /** For a route whose errors are in the words of OAuth: their HTTP statuses. 500 is always possible. */
  readonly oauthErrors?: readonly OAuthErrorStatus[];
}

/** A description of each route of a controller, keyed by method name. */
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
  /** The named schemas that the operations refer to. */
  readonly schemas: Readonly<Record<string, ApiSchema>>;
}

/** An API: its controllers, the descriptions of its tags, and the schemas that several controllers share. */
export interface ApiDescription {
  readonly tags: Readonly<Record<string, string>>;
  readonly controllers: readonly DescribedController[];
  readonly schemas: Readonly<Record<string, ApiSchema>>;
}

/** Describes a controller. A route without a description, or a description without a route, is a compile error. */
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
