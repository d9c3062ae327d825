import { inspect } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { instanceToPlain } from 'class-transformer';
import { hidingHash } from '../../../src/users/hidden-hash.js';
import type { UserRecord } from '../../../src/users/user-store.js';

const HASH = '$2b$12$hashhashhash';
const record: UserRecord & { tenant: string } = {
  id: '7',
  email: 'ada@example.com',
  name: null,
  roles: ['admin'],
  permissions: [],
  passwordHash: HASH,
  disabled: false,
  createdAt: new Date(0),
  tenant: 'acme',
};

class Entity implements UserRecord {
  id = '7';
  email = 'ada@example.com';
  name = null;
  roles = ['admin'];
  permissions = [];
  passwordHash = HASH;
  createdAt = new Date(0);
  tenant = 'acme';
  #state = 'active';
  get disabled() {
    return this.#state !== 'active';
  }
}

/** Keeps its data as the documents of Mongoose do. */
class Doc {
  private readonly _doc = { ...record };
  toJSON() {
    return { ...this._doc };
  }
}
for (const name of Object.keys(record))
  Object.defineProperty(Doc.prototype, name, {
    get(this: { _doc: Record<string, unknown> }) {
      return this._doc[name];
    },
  });

const RECORDS: [string, UserRecord][] = [
  ['a plain record', record],
  ['a frozen record', Object.freeze({ ...record })],
  ['an entity', new Entity()],
  ['a document', new Doc() as unknown as UserRecord],
];

const SERIALIZED: [string, (user: object) => unknown][] = [
  ['JSON', (user) => JSON.stringify({ user })],
  ['inspect', (user) => inspect(user, { depth: 9 })],
  ['structuredClone', (user) => inspect(structuredClone(user))],
  ['v8', (user) => inspect(deserialize(serialize(user)))],
  ['a copy', (user) => inspect({ ...user })],
  ['class-transformer', (user) => inspect(instanceToPlain(user))],
  ['its keys', (user) => Object.values(user).join()],
];

describe.each(RECORDS)('%s that hides its hash', (_, user) => {
  it.each(SERIALIZED)('does not show it to: %s', (_name, serialized) => {
    const text = String(serialized(hidingHash(user)));
    expect(text).not.toContain(HASH);
    expect(text).toContain('ada@example.com');
  });

  it('has everything else, and the hash for whoever asks for it', () => {
    const { disabled, email, id, passwordHash, roles, createdAt } = hidingHash(user);
    expect({ disabled, email, id, passwordHash, roles, createdAt }).toEqual({
      disabled: false,
      email: record.email,
      id: '7',
      passwordHash: HASH,
      roles: ['admin'],
      createdAt: new Date(0),
    });
    expect(hidingHash(user)).toMatchObject({ tenant: 'acme' });
  });

  it('leaves the record of the store as it was', () => {
    const before = JSON.stringify(user);
    hidingHash(user);
    expect(JSON.stringify(user)).toBe(before);
    expect(before).toContain(HASH);
  });
});
