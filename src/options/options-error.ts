/** One wrong option of `AuthModule`. */
export interface OptionProblem {
  /** The option, as a path: `jwt.refreshSecret`. */
  option: string;
  /** What is wrong and what to write instead. Never the value. */
  message: string;
}

/** Thrown at start-up: names every wrong option at once. */
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
