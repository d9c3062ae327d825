import passport from 'passport';

type Judge<T> = (error: Error | null, user: unknown, info: Error | undefined, status?: number) => T;

/** What Passport is asked, and by whom. */
export interface PassportQuestion {
  /** Itself, not by name: the registry of names is shared by every app in the process, and there may be two of it. */
  strategy: object;
  options: object;
  request: object;
  response: unknown;
}

/**
 * Has a Passport strategy authenticate a request, and returns what `judge` makes of the outcome: at once when the strategy
 * answers at once, which Nest's own guard would turn into a promise, else as a promise. Throws what `judge` throws. A
 * strategy that lets the request pass without an answer has not authenticated anybody.
 */
export function askPassport<T>(question: PassportQuestion, judge: Judge<T>): T | Promise<T> {
  const { strategy, options, request, response } = question;
  let outcome: (() => T) | undefined;
  let decide: ((outcome: () => T) => void) | undefined;
  const answer: Judge<void> = (...given) => {
    outcome ??= () => judge(...given);
    decide?.(outcome);
  };
  // Passport writes its answers onto the strategy, so each request needs one of its own.
  const middleware = passport.authenticate(Object.create(strategy) as passport.Strategy, options, answer);
  middleware(request, response, (error: Error | null = null) => answer(error, false, undefined));
  if (outcome) return outcome();
  return new Promise<() => T>((resolve) => (decide = resolve)).then((late) => late());
}
