/** A problem with one option of `AuthModule`. */
export interface OptionProblem {
  /** The path of the option, such as `jwt.refreshSecret`. */
  option: string;
  /** What is wrong and how to fix it. Never contains the value. */
  message: string;
}

/** Thrown at startup if options are invalid. The message lists all of them, never their values. */
export class AuthOptionsError extends Error {
  constructor(readonly problems: OptionProblem[]) {
    super(
      [
        'AuthModule cannot start with these options:',
        ...problems.map((p) => `  - ${p.option} ${p.message}`),
      ].join('\n'),
    );
    this.name = 'AuthOptionsError';
  }
}
