import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Answer } from './client.js';

/** A JSON Schema, as far as the tests look into it. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  properties?: Record<string, Schema>;
  items?: Schema;
  oneOf?: Schema[];
}

export interface Operation {
  operationId: string;
  tags: string[];
  security?: Record<string, unknown[]>[];
  parameters?: { name: string; in: string; required?: boolean }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>;
}

/** What the tests read of an OpenAPI document. */
export interface ApiDocument {
  openapi: string;
  info: { version: string; license: { identifier: string } };
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, Schema & { additionalProperties?: boolean }>;
    securitySchemes: Record<string, { name?: string }>;
  };
}

/** Each operation with its method and path. */
export function operationsOf({ paths }: ApiDocument): (Operation & { method: string; path: string })[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => Object.assign({ method, path }, operation)),
  );
}

/** Every value of a member with this name, however deep. */
export function everyValueOf(name: string, within: unknown): unknown[] {
  if (typeof within !== 'object' || within === null) return [];
  return Object.entries(within).flatMap(([key, value]) =>
    key === name ? [value] : everyValueOf(name, value),
  );
}

/** Schemas whose objects may have members that the document does not name. */
const OPEN = new Set(['SecurityEvent', 'Jwk', 'IntrospectionResponse']);

/** Compares answers with a document, in which objects have no member that is not described, unless they are open. */
export class DocumentedAnswers {
  private readonly ajv = new Ajv2020({ allowUnionTypes: true });

  constructor(private readonly document: ApiDocument) {
    formats.default(this.ajv);
    const { components } = document;
    const schemas = Object.entries(components.schemas).map(([name, schema]) => {
      const isClosed = 'properties' in schema && !OPEN.has(name.replace(/^Latchkey/, ''));
      return [name, isClosed ? { ...schema, additionalProperties: false } : schema];
    });
    this.ajv.addVocabulary([...Object.keys(document), 'example']);
    this.ajv.addSchema({ ...document, components: { schemas: Object.fromEntries(schemas) } }, 'document');
  }

  /** The function that validates what a schema describes. @throws Error when it is not a valid schema */
  compile(...path: string[]): ValidateFunction {
    const pointer = path.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')));
    return this.ajv.compile({ $ref: `document#/${pointer.join('/')}` });
  }

  /** What is not as documented about the answer to an operation; nothing when all is well. */
  problemsOf(operationId: string, { status, body, headers }: Answer): unknown[] {
    const { method, path, responses } = operationsOf(this.document).find(
      (operation) => operation.operationId === operationId,
    )!;
    const documented = responses[status];
    if (!documented)
      return [`${operationId} answered ${status}, which is not documented: ${JSON.stringify(body)}`];
    if (!documented.content) return body === '' ? [] : [`${operationId} answered with a body`];
    const [type = ''] = Object.keys(documented.content);
    if (!headers.get('content-type')?.startsWith(type)) return [`${operationId} did not answer ${type}`];
    const isValid = this.compile(
      'paths',
      path,
      method,
      'responses',
      String(status),
      'content',
      type,
      'schema',
    );
    return isValid(body) ? [] : [operationId, isValid.errors];
  }
}
