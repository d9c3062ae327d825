import { mock } from 'node:test';
import { ForbiddenException } from '@nestjs/common';
import { checkedPart } from '../../../src/auth/checked-part.js';
import {
  type PartAnswers,
  PASSWORD_HASHER,
  REVOCATION_LIST,
  SESSION_STORE,
  USER_STORE,
} from '../../../src/auth/part-answers.js';
import { InternalError, UnavailableError } from '../../../src/errors/auth-errors.js';
import { InMemoryRevocationList } from '../../../src/revocation/in-memory-revocation-list.js';
import { InMemorySessionStore } from '../../../src/sessions/in-memory-session.store.js';
import type { UserStore } from '../../../src/users/user-store.js';
import { InMemoryUserStore } from '../../../src/users/in-memory-user.store.js';

/** A part whose every method answers in the same way. */
class Broken {
  [method: string]: (...args: unknown[]) => unknown;
}

const PORTS: [string, PartAnswers<object>][] = [
  ['UserStore', USER_STORE],
  ['SessionStore', SESSION_STORE],
  ['RevocationList', REVOCATION_LIST],
  ['PasswordHasher', PASSWORD_HASHER],
];
/** Methods that return nothing, so that anything fits. */
const VOID = new Set(['exclusively', 'onCreate', 'revoke of RevocationList']);
const METHODS = PORTS.flatMap(([port, answers]) =>
  Object.keys(answers).map((method) => ({ port, method, answers })),
);
const CHECKED = METHODS.filter(({ port, method }) => !VOID.has(method) && !VOID.has(`${method} of ${port}`));

function brokenPart(port: string, answers: PartAnswers<object>, method: string, answer: () => unknown) {
  const part = new Broken();
  part[method] = answer;
  return checkedPart(port, part, answers as never);
}

/** What a call that may throw synchronously ends in. */
const outcome = async (call: () => unknown): Promise<unknown> => {
  try {
    return await call();
  } catch (error) {
    return error;
  }
};

const causeOf = (error: unknown) => (error as { cause: Error }).cause.message;

/** A right answer of `watch`. */
const isRight = (method: string, name: string) => method === 'watch' && name === 'a function';

const WRONG: [string, unknown][] = [
  ['undefined', undefined],
  ['an empty object', {}],
  ['a number', 1],
  ['a list', [{}]],
  ['a function', () => true],
];

describe.each(CHECKED)('$method of a $port of the host', ({ port, method, answers }) => {
  it.each(WRONG.filter(([name]) => !isRight(method, name)))('fails when it returns %s', async (_, wrong) => {
    for (const answer of [() => wrong, async () => wrong]) {
      const part = brokenPart(port, answers, method, answer);
      const error = await outcome(() => part[method]!());
      expect(error).toBeInstanceOf(InternalError);
      expect(causeOf(error)).toMatch(`${port}.${method} of Broken returned`);
    }
  });
});

describe.each(METHODS)('$method of a $port of the host', ({ port, method, answers }) => {
  afterEach(() => mock.timers.reset());

  it('fails in bounded time when it never answers', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    const part = brokenPart(port, answers, method, () => new Promise(() => undefined));
    const failure = outcome(() => part[method]!());
    mock.timers.tick((LIMITS[method] ?? 5) * 1000);
    const error = await failure;
    expect(error).toBeInstanceOf(UnavailableError);
    expect(causeOf(error)).toMatch(`${port}.${method} of Broken has not answered within`);
  });

  it('may be unavailable, which is passed on', async () => {
    const away = new UnavailableError();
    const part = brokenPart(port, answers, method, () => {
      throw away;
    });
    expect(await outcome(() => part[method]!())).toBe(away);
  });
});

/** Methods that may take longer than the others, in seconds: under a lock, or for many users at a time. */
const LIMITS: Record<string, number> = { exclusively: 30, addImported: 60 };

describe('an answer of a part that belongs to something else fails', () => {
  const ada = {
    id: '1', email: 'ada@example.com', name: null, roles: [], permissions: [],
    passwordHash: null, disabled: false, createdAt: new Date(),
  }; // prettier-ignore
  const now = new Date();
  const session = {
    id: 's1', userId: '1', currentJti: 'j', createdAt: now, rotatedAt: now, expiresAt: now, absoluteExpiresAt: now, now,
  }; // prettier-ignore
  it.each<[string, string, unknown, unknown, unknown]>([
    ['UserStore', 'findById', ada, '1', '2'],
    ['UserStore', 'findByEmail', ada, 'ada@example.com', 'eve@example.com'],
    ['UserStore', 'findByEmail', { ...ada, email: 'Ada@Example.com' }, 'ada@example.com', 'eve@example.com'],
    ['UserStore', 'create', ada, { email: 'ada@example.com' }, { email: 'eve@example.com' }],
    ['SessionStore', 'create', session, { id: 's1', userId: '1' }, { id: 's1', userId: '2' }],
    ['SessionStore', 'create', session, { id: 's1', userId: '1' }, { id: 's2', userId: '1' }],
    ['SessionStore', 'rotate', { outcome: 'rotated', session }, { sid: 's1' }, { sid: 's2' }],
  ])('%s.%s', async (port, method, answer, own, other) => {
    const answers: PartAnswers<object> = port === 'UserStore' ? USER_STORE : SESSION_STORE;
    const part = brokenPart(port, answers, method, () => answer);
    expect(await part[method]!(own)).toBe(answer);
    const error = await outcome(() => part[method]!(other));
    expect(error).toBeInstanceOf(InternalError);
    expect(causeOf(error)).toBe(
      `${port}.${method} of Broken answered with the record of another id or address`,
    );
  });
});

it('an error that a part throws, in either way, names the part and keeps its own error as the cause', async () => {
  const broken = new TypeError('rows is not iterable');
  const throwing = () => {
    throw broken;
  };
  for (const answer of [throwing, () => Promise.reject(broken)]) {
    const part = brokenPart('UserStore', USER_STORE, 'findById', answer);
    const error = (await outcome(() => part.findById!('1'))) as { cause: Error };
    expect(error).toBeInstanceOf(InternalError);
    expect(error.cause.message).toBe('UserStore.findById of Broken failed');
    expect(error.cause.cause).toBe(broken);
  }
});

it('an HttpException of the host reaches the client', async () => {
  const refusal = new ForbiddenException();
  const part = brokenPart('UserStore', USER_STORE, 'findById', async () => {
    throw refusal;
  });
  expect(await outcome(() => part.findById!('1'))).toBe(refusal);
});

it('an asynchronous method that throws synchronously rejects', () => {
  const part = brokenPart('UserStore', USER_STORE, 'findById', () => {
    throw new Error('no');
  });
  const answer = part.findById!('1') as Promise<unknown>;
  return expect(answer).rejects.toBeInstanceOf(InternalError);
});

it('an answer that is rejected after the limit is not an unhandled rejection', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const unhandled: unknown[] = [];
  const listen = (error: unknown) => void unhandled.push(error);
  process.on('unhandledRejection', listen);
  try {
    let reject: (error: Error) => void = () => undefined;
    const part = brokenPart(
      'UserStore',
      USER_STORE,
      'findById',
      () => new Promise((_, fail) => (reject = fail)),
    );
    const failure = outcome(() => part.findById!('1'));
    mock.timers.tick(5_000);
    expect(await failure).toBeInstanceOf(UnavailableError);
    reject(new Error('too late'));
    mock.timers.reset();
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).toEqual([]);
  } finally {
    mock.timers.reset();
    process.off('unhandledRejection', listen);
  }
});

it('no message quotes what a part returned', async () => {
  const part = brokenPart('UserStore', USER_STORE, 'findById', () => ({ email: 'ada@example.com', id: 42 }));
  const error = await outcome(() => part.findById!('1'));
  expect(causeOf(error)).toBe(
    'UserStore.findById of Broken returned an object with email, id, but must return a complete UserRecord or null',
  );
});

describe('a part that keeps its contract', () => {
  it('is used unchanged: own members, private fields, inheritance', async () => {
    class Store extends InMemoryUserStore {
      readonly #calls: string[] = [];
      label = 'mine';
      override async findById(id: string) {
        this.#calls.push(id);
        return super.findById(id);
      }
      calls() {
        return this.#calls;
      }
      get count() {
        return this.#calls.length;
      }
    }
    const original = new Store();
    const store = checkedPart<UserStore>('UserStore', original, USER_STORE) as Store;
    const user = await store.create({ email: 'ada@example.com', name: null, passwordHash: null });
    expect(await store.findById(user!.id)).toEqual(user);
    expect(store).toBeInstanceOf(Store);
    expect(store.calls()).toEqual([user!.id]);
    expect(store.count).toBe(1);
    store.label = 'yours';
    expect(original.label).toBe('yours');
    expect(store.findById).toBe(store.findById);
  });

  it('answers the guard synchronously', () => {
    const list = checkedPart('RevocationList', new InMemoryRevocationList(), REVOCATION_LIST);
    expect(list.isRevoked({ jti: 'a', sid: 'b', sub: 'c', iat: 1 })).toBe(false);
  });

  it('may lack an optional method', () => {
    const { setDisabled } = checkedPart('UserStore', new Broken() as never, USER_STORE);
    expect(setDisabled).toBeUndefined();
  });

  it('runs its hooks of Nest itself', () => {
    const part = Object.assign(new Broken(), { onModuleInit: () => undefined });
    expect(checkedPart('UserStore', part, USER_STORE as never).onModuleInit).toBeUndefined();
  });

  it('passes on the errors of the work that it runs', async () => {
    const store = checkedPart('SessionStore', new InMemorySessionStore({} as never), SESSION_STORE);
    const own = new Error('ours');
    await expect(store.exclusively('ada', () => Promise.reject(own))).rejects.toBe(own);
  });

  it('can be spied on by a test of the host', async () => {
    const store = checkedPart('UserStore', new InMemoryUserStore(), USER_STORE);
    const spy = mock.method(store, 'findById');
    expect(store.findById).toBe(spy);
    expect(await store.findById('1')).toBeNull();
    expect(spy.mock.callCount()).toBe(1);
    spy.mock.restore();

    store.findByEmail = async () => ({ email: 'fake@example.com' }) as never;
    expect(await store.findByEmail('any')).toEqual({ email: 'fake@example.com' });
    Reflect.deleteProperty(store, 'findByEmail');
    expect(await store.findByEmail('any')).toBeNull();
  });
});
