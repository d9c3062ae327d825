type Judge<T> = (error: Error | null, user: unknown, info: Error | undefined, status?: number) => T;

interface Strategy {
  authenticate(request: unknown, options?: object): void;
}

/**
 * Has a Passport strategy authenticate a request, and returns what `judge` makes of the outcome: at once when the strategy
 * answers at once, which Nest's own guard would turn into a promise, else as a promise. Throws what `judge` throws. A
 * strategy that lets the request pass without an answer has not authenticated anybody.
 *
 * It speaks Passport's protocol for strategies itself. Passport's middleware would put its log-in functions for sessions
 * on every request, and have each survive many rounds of garbage collection (see below): the guard took six times as long.
 */
export function askPassport<T>(
  { strategy, request, options }: { strategy: Strategy; request: object; options: object },
  judge: Judge<T>,
): T | Promise<T> {
  let outcome: (() => T) | undefined;
  let decide: ((outcome: () => T) => void) | undefined;
  const asked = Object.create(answering(strategy)) as Strategy & Answering;
  const answer: Judge<void> = (error, user, info, status) => {
    outcome ??= () => judge(error, user, info, status);
    decide?.(outcome);
  };
  // Not in one with the line before: V8 takes a function literal that is assigned to a property for one that will live
  // long, makes it in the old generation, and has it keep the whole request through every scavenge.
  asked.answer = answer;
  asked.authenticate(request, options);
  if (outcome) return outcome();
  return new Promise<() => T>((resolve) => (decide = resolve)).then((late) => late());
}

interface Answering {
  answer: Judge<void>;
}

/** The functions by which a strategy answers (passport-strategy, "Augmented Methods"). */
const ACTIONS = {
  success(this: Answering, user: unknown, info?: Error) {
    this.answer(null, user, info);
  },
  fail(this: Answering, challenge?: Error | number, status?: number) {
    if (typeof challenge === 'number') this.answer(null, false, undefined, challenge);
    else this.answer(null, false, challenge, status);
  },
  error(this: Answering, error: Error) {
    this.answer(error, false, undefined);
  },
  pass(this: Answering) {
    this.answer(null, false, undefined);
  },
  redirect(this: Answering) {
    this.answer(new Error('A strategy that redirects cannot guard a route.'), false, undefined);
  },
};

/** Made once for each strategy: what each request gets one of its own of, as its answer is written on it. */
const known = new WeakMap<Strategy, object>();

function answering(strategy: Strategy): object {
  let found = known.get(strategy);
  if (!found) known.set(strategy, (found = Object.assign(Object.create(strategy) as object, ACTIONS)));
  return found;
}
