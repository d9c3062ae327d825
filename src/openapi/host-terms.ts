import type { ApiSchema } from './schema.js';
import type { ApiCredential, ApiSecurity } from './security.js';

/** Keeps our schemas apart from a host's own classes, such as `User`. */
const PREFIX = 'Latchkey';

const REFERENCE = /^#\/components\/schemas\//;

/** The security schemes in a host's document, by the names that `DocumentBuilder` gives to those it knows. */
const SCHEMES: Record<ApiCredential, string> = {
  accessToken: 'bearer',
  accessCookie: 'cookie',
  refreshCookie: 'refreshCookie',
  resourceServer: 'basic',
};

/** What a schema of ours is called in a host's document. */
export const hostSchemaName = (name: string) => `${PREFIX}${name}`;

/** Renames schemes or credentials, which are keyed by our names, to those of a host's document. */
export function underHostNames<Value>(
  ours: Readonly<Partial<Record<ApiCredential, Value>>>,
): Record<string, Value> {
  const entries = Object.entries(ours) as [ApiCredential, Value][];
  return Object.fromEntries(entries.map(([name, value]) => [SCHEMES[name], value]));
}

export const hostSecurity = (security: ApiSecurity) => security.map(underHostNames);

/**
 * Converts schemas, however deep within `value`, to what is valid in any version of OpenAPI: the document of a host is
 * 3.0 unless it says otherwise, which knows neither lists of types nor `examples`. References get the host's names.
 */
export function inHostTerms(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inHostTerms);
  if (typeof value !== 'object' || value === null) return value;
  const converted = Object.entries(value).map(([key, member]) => [key, inHostTerms(member)] as const);
  return inOldTerms(Object.fromEntries(converted) as ApiSchema);
}

function inOldTerms({ $ref, type, examples, items, required, ...rest }: ApiSchema): object {
  return {
    ...($ref && { $ref: $ref.replace(REFERENCE, (path) => path + PREFIX) }),
    ...typeOf(type, items),
    ...(Array.isArray(examples) ? { example: examples[0] } : examples && { examples }),
    ...(required !== undefined && !isEmptyList(required) && { required }),
    ...rest,
  };
}

/** OpenAPI 3.0 does not allow a list of required members to be empty. */
const isEmptyList = (value: unknown) => Array.isArray(value) && value.length === 0;

function typeOf(type: ApiSchema['type'], items: ApiSchema['items']): object {
  if (!Array.isArray(type)) return { ...(type !== undefined && { type }), ...(items && { items }) };
  const named = type.filter((each) => each !== 'null');
  const nullable = named.length < type.length && { nullable: true };
  if (named.length === 1) return { ...typeOf(named[0], items), ...nullable };
  return { oneOf: named.map((each) => typeOf(each, each === 'array' ? items : undefined)), ...nullable };
}
