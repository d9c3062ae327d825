import { askPassport } from '../../../../src/auth/guards/ask-passport.js';

/** What Passport puts on a strategy for it to answer with. */
interface Answers {
  success(user: unknown): void;
  fail(info: unknown): void;
  error(error: Error): void;
  pass(): void;
  redirect(url: string): void;
}

const ask = (authenticate: (this: Answers) => void) =>
  askPassport(
    { strategy: { authenticate } as never, request: {}, options: { session: false } },
    (error, user, info) => {
      if (error ?? !user) throw error ?? info ?? new Error('nobody');
      return user;
    },
  );

describe('asking Passport', () => {
  it('a strategy that answers at once needs no promise', () => {
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

  it('a strategy that answers later is waited for', async () => {
    const later = (answer: (answers: Answers) => void) =>
      ask(function () {
        setImmediate(() => answer(this));
      });
    await expect(later((answers) => answers.success('ada'))).resolves.toBe('ada');
    await expect(later((answers) => answers.fail(new Error('expired')))).rejects.toThrow('expired');
  });

  it('the first answer counts, and to let a request pass is no authentication', () => {
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

  it('requests under way at once get an answer each', async () => {
    const strategy = {
      authenticate(this: Answers, request: { name: string; turns: number }) {
        const answer = (turns: number) =>
          setImmediate(() => (turns === 0 ? this.success(request.name) : answer(turns - 1)));
        answer(request.turns);
      },
    };
    const names = ['ada', 'bob', 'cy'];
    const answers = names.map((name, i) =>
      askPassport(
        { strategy: strategy as never, request: { name, turns: 3 - i }, options: { session: false } },
        (_error, user) => user,
      ),
    );
    expect(await Promise.all(answers)).toEqual(names);
  });
});
