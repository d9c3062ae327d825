/** The part of JSON Schema 2020-12 (the dialect of OpenAPI 3.1) that the API description uses. */
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
  /** Whether an object may have more members than `properties`. */
  additionalProperties?: boolean;
  allOf?: readonly ApiSchema[];
}

type ApiSchemaType = 'string' | 'integer' | 'boolean' | 'array' | 'object' | 'null';

/** A schema for each member of a type; for a type with an index signature, for each member it names. */
export type SchemasOf<T> = {
  readonly [Key in keyof T as string extends Key ? never : Key]-?: ApiSchema;
};

/**
 * An object schema with the members of a type. A missing or extra member is a compile error. All members are required
 * except those in `optional`.
 */
export function objectSchema<T>(
  properties: SchemasOf<T>,
  optional: readonly (keyof SchemasOf<T>)[] = [],
): ApiSchema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name as keyof SchemasOf<T>));
  return { type: 'object', properties: properties as Record<string, ApiSchema>, required };
}

/** A reference to the schema with this name in the document. */
export const schemaRef = (name: string): ApiSchema => ({ $ref: `#/components/schemas/${name}` });

export const listOf = (items: ApiSchema): ApiSchema => ({ type: 'array', items });

export const TEXT: ApiSchema = { type: 'string' };
export const TEXT_OR_NULL: ApiSchema = { type: ['string', 'null'] };
export const TEXTS: ApiSchema = listOf(TEXT);
export const UUID: ApiSchema = { type: 'string', format: 'uuid' };
export const TIME: ApiSchema = { type: 'string', format: 'date-time' };
export const ADDRESS: ApiSchema = { type: 'string', format: 'uri' };
export const SECONDS: ApiSchema = { type: 'integer', minimum: 0, description: 'In seconds.' };
export const EPOCH_SECONDS: ApiSchema = {
  type: 'integer',
  minimum: 0,
  description: 'In seconds since the Unix epoch.',
};
