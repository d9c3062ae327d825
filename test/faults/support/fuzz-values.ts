import type { ApiDocument, Schema } from '../../support/api-document.js';
import type { Random } from './random.js';

/** Something that the caller of an operation has, by the name of a member or parameter. */
export type Known = (name: string) => unknown;

/** What no member is meant to be. */
const JUNK: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  '',
  ' ',
  '\0',
  '\ud800',
  'e\u0301',
  '\u202egnirts',
  '💥'.repeat(100),
  'a'.repeat(10_000),
  '__proto__',
  '../../etc/passwd',
  "' OR 1=1 --",
  '%00%zz',
  '１２３４５６',
  '٣٤٥٦٧٨',
  '00000000-0000-0000-0000-000000000000',
  [],
  {},
  [[[]]],
  { toString: 1, constructor: null },
  JSON.parse('{"__proto__": {"admin": true}}'),
  JSON.parse(`${'['.repeat(60)}${']'.repeat(60)}`),
];

/** Values that a schema describes, or almost, or not at all. */
export class FuzzValues {
  constructor(
    private readonly document: ApiDocument,
    private readonly random: Random,
    private readonly known: Known,
  ) {}

  junk(): unknown {
    return this.random.of(JUNK);
  }

  /** A value for a member or parameter of this name. */
  named(name: string, schema: Schema = { type: 'string' }): unknown {
    const own = this.random.chance(0.8) ? this.known(name) : undefined;
    return own ?? this.of(schema);
  }

  of(schema: Schema): unknown {
    const { random } = this;
    if (random.chance(0.1)) return this.junk();
    const { $ref, oneOf, enum: choices, properties, items } = schema;
    if ($ref) return this.of(this.document.components.schemas[$ref.split('/').at(-1)!]!);
    if (oneOf) return this.of(random.of(oneOf)!);
    if (choices) return random.of(choices);
    if (properties) return this.object(properties);
    const type = [schema.type].flat()[0];
    if (type === 'array') return Array.from({ length: random.whole(0, 3) }, () => this.of(items ?? {}));
    if (type === 'boolean') return random.chance(0.5);
    if (type === 'number' || type === 'integer') return random.whole(-1, 100);
    return type === 'string' ? random.next().toString(36).repeat(random.whole(1, 5)) : this.junk();
  }

  private object(properties: Record<string, Schema>): object {
    const members = Object.entries(properties)
      .filter(() => this.random.chance(0.9))
      .map(([name, schema]) => [name, this.named(name, schema)]);
    if (this.random.chance(0.05)) members.push(['isAdmin', true]);
    return Object.fromEntries(members) as object;
  }
}
