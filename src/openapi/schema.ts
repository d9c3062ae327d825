/** The part of JSON Schema (2020-12, as OpenAPI 3.1 uses it) that the API's description needs. */
export interface ApiSchema {
  $ref?: string;
  type?: ApiSchemaType | readonly ApiSchemaType[];
  description?: string;
  format?: string;
  enum?: readonly string[];
  examples?: readonly unknown[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  items?: ApiSchema;
  properties?: Readonly<Record<string, ApiSchema>>;
  required?: readonly string[];
  allOf?: readonly ApiSchema[];
}

type ApiSchemaType = 'string' | 'integer' | 'boolean' | 'array' | 'object' | 'null';

/** A schema for each member of a type; for one with an index signature, those it names. */
export type SchemasOf<T> = {
  readonly [Key in keyof T as string extends Key ? never : Key]-?: ApiSchema;
};

/**
 * An object with the members of a type. A member without a schema does not compile, nor does one the type lacks.
 * All are required but those named `optional`.
 */
export function objectSchema<T>(
  properties: SchemasOf<T>,
  optional: readonly (keyof SchemasOf<T>)[] = [],
): ApiSchema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name as keyof SchemasOf<T>));
  return { type: 'object', properties: properties as Record<string, ApiSchema>, required };
}

/** The schema with this name in the document. */
export const schemaRef = (name: string): ApiSchema => ({ $ref: `#/components/schemas/${name}` });

export const listOf = (items: ApiSchema): ApiSchema => ({ type: 'array', items });

export const TEXT: ApiSchema = { type: 'string' };
export const TEXT_OR_NULL: ApiSchema = { type: ['string', 'null'] };
export const TEXTS: ApiSchema = listOf(TEXT);
export const UUID: ApiSchema = { type: 'string', format: 'uuid' };
export const TIME: ApiSchema = { type: 'string', format: 'date-time' };
export const ADDRESS: ApiSchema = { type: 'string', format: 'uri' };
export const SECONDS: ApiSchema = { type: 'integer', minimum: 0, description: 'Seconds.' };
export const EPOCH_SECONDS: ApiSchema = {
  type: 'integer',
  minimum: 0,
  description: 'Seconds since the epoch.',
};
