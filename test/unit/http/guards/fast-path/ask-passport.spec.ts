import { askingPassport, type Outcome } from '../../../../../src/http/guards/fast-path/ask-passport.js';

/** The methods that Passport adds to a strategy, which answers by calling them. */
interface Answers {
  success(user: unknown): void;
  fail(info: unknown): void;
  error(error: Error): void;
  pass(): void;
  redirect(url: string): void;
}

const OPTIONS = { session: false };

const judge = ({ error, user, info }: Outcome) => {
  if (error ?? !user) throw error ?? info ?? new Error('nobody');
  return user;
};

const ask = (authenticate: (this: Answers) => void) => {
  const outcome = askingPassport({ authenticate } as never)({}, OPTIONS);
  return outcome instanceof Promise ? outcome.then(judge) : judge(outcome);
};

describe('asking Passport', () => {
  it('a strategy that answers synchronously needs no promise', () => {
    expect(
      ask(function () {
        this.success('ada');
      }),
    ).toBe('ada');
    expect(() =>
      ask(function () {
        this.fail(new Error('expired'));
      }),
    ).toThrow('expired');
    expect(() =>
      ask(function () {
        this.error(new Error('broken'));
      }),
    ).toThrow('broken');
  });

  it('a strategy that answers later is awaited', async () => {
    const later = (answer: (answers: Answers) => void) =>
      ask(function () {
        setImmediate(() => answer(this));
      });
    await expect(later((answers) => answers.success('ada'))).resolves.toBe('ada');
    await expect(later((answers) => answers.fail(new Error('expired')))).rejects.toThrow('expired');
  });

  it('the first answer counts, and letting a request pass does not authenticate it', () => {
    expect(() =>
      ask(function () {
        this.fail(new Error('expired'));
        this.success('ada');
      }),
    ).toThrow('expired');
    expect(() =>
      ask(function () {
        this.pass();
      }),
    ).toThrow('nobody');
    expect(() =>
      ask(function () {
        this.redirect('/login');
      }),
    ).toThrow('redirects');
  });

  it('concurrent requests get their own answers', async () => {
    const strategy = {
      authenticate(this: Answers, request: { name: string; turns: number }) {
        const answer = (turns: number) =>
          setImmediate(() => (turns === 0 ? this.success(request.name) : answer(turns - 1)));
        answer(request.turns);
      },
    };
    const names = ['ada', 'bob', 'cy'];
    const askAll = askingPassport(strategy as never);
    const answers = names.map(async (name, i) => judge(await askAll({ name, turns: 3 - i }, OPTIONS)));
    expect(await Promise.all(answers)).toEqual(names);
  });

  it('a strategy keeps its own methods and fields, and the added methods do not stay on it', () => {
    class Tenants {
      static known = new Set(['acme']);
      tenant = 'acme';
      find() {
        return (this.constructor as typeof Tenants).known.has(this.tenant) && this.tenant;
      }
      authenticate(this: Answers & Tenants) {
        this.success(this.find());
      }
    }
    const strategy = new Tenants();
    const outcome = askingPassport(strategy as never)({}, OPTIONS);
    expect(outcome).toMatchObject({ error: null, user: 'acme' });
    expect(Object.keys(strategy)).toEqual(['tenant']);
    expect(strategy).not.toHaveProperty('success');
  });

  it('a strategy that refuses with only a status gives no reason', () => {
    const fail = function (this: { fail(status: number): void }) {
      this.fail(403);
    };
    const outcome = askingPassport({ authenticate: fail } as never)({}, OPTIONS);
    expect(outcome).toMatchObject({ user: false, status: 403 });
    expect((outcome as Outcome).info).toBeUndefined();
  });
});
