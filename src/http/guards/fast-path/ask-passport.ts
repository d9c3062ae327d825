/** What a strategy made of a request: `user` is `false` unless it authenticated somebody. */
export interface Outcome {
  error: Error | null;
  user: unknown;
  info?: Error | undefined;
  status?: number | undefined;
}

type AskPassport = (request: object, options: object) => Outcome | Promise<Outcome>;

interface Strategy {
  authenticate(request: unknown, options?: object): void;
}

/**
 * The function that has a Passport strategy authenticate a request. It returns the outcome at once when the strategy answers
 * at once, which Nest's own guard would turn into a promise, else a promise of it. A strategy that lets the request pass
 * without an answer has not authenticated anybody.
 *
 * It speaks Passport's protocol for strategies itself. Passport's middleware would put its log-in functions for sessions
 * on every request, and have each survive many rounds of garbage collection: the guard took six times as long.
 */
export function askingPassport(strategy: Strategy): AskPassport {
  let ask = known.get(strategy);
  if (!ask) known.set(strategy, (ask = asking(strategy)));
  return ask;
}

/** One for each strategy, however many guards ask it. */
const known = new WeakMap<Strategy, AskPassport>();

function asking(strategy: Strategy): AskPassport {
  const Answering = answering(strategy);
  return (request, options) => {
    const asked = new Answering();
    asked.authenticate(request, options);
    return asked[OUTCOME] ?? outcomeOf(asked);
  };
}

const OUTCOME = Symbol('outcome');
const DECIDE = Symbol('decide');

interface Answer {
  [OUTCOME]: Outcome | undefined;
  [DECIDE]: ((outcome: Outcome) => void) | undefined;
}

/**
 * A class of the strategy with the functions by which it answers (passport-strategy, "Augmented Methods"). Each request gets
 * an object of its own, as its answer is written on it; to make that by its prototype would take V8 much longer.
 */
function answering(strategy: Strategy): new () => Strategy & Answer {
  class Answering implements Answer {
    [OUTCOME]: Outcome | undefined = undefined;
    [DECIDE]: ((outcome: Outcome) => void) | undefined = undefined;

    success(user: unknown, info?: Error) {
      settle(this, { error: null, user, info });
    }
    fail(challenge?: Error | number, status?: number) {
      settle(
        this,
        typeof challenge === 'number'
          ? { error: null, user: false, status: challenge }
          : { error: null, user: false, info: challenge, status },
      );
    }
    error(error: Error) {
      settle(this, { error, user: false });
    }
    pass() {
      settle(this, { error: null, user: false });
    }
    redirect() {
      settle(this, { error: new Error('A strategy that redirects cannot guard a route.'), user: false });
    }
  }
  Object.setPrototypeOf(Answering.prototype, strategy);
  // To the strategy `this.constructor` is its own class, with what is static there.
  Reflect.deleteProperty(Answering.prototype, 'constructor');
  return Answering as unknown as new () => Strategy & Answer;
}

/** The first answer counts. */
function settle(asked: Answer, outcome: Outcome): void {
  if (asked[OUTCOME]) return;
  asked[OUTCOME] = outcome;
  asked[DECIDE]?.(outcome);
}

function outcomeOf(asked: Answer): Promise<Outcome> {
  return new Promise((resolve) => (asked[DECIDE] = resolve));
}
