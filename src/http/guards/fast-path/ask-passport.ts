/** A strategy's answer to a request: `user` is `false` unless the strategy authenticated someone. */
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
 * Returns the function that makes a Passport strategy authenticate a request. It returns the outcome synchronously if
 * the strategy answers synchronously (Nest's own guard would always return a promise), otherwise a promise. A strategy
 * that lets a request pass without an answer has authenticated nobody.
 *
 * It implements Passport's protocol for strategies itself. Passport's middleware would add its login functions for
 * sessions to every request and make each request survive many garbage collections: the guard took six times as long.
 */
export function askingPassport(strategy: Strategy): AskPassport {
  let ask = known.get(strategy);
  if (!ask) known.set(strategy, (ask = asking(strategy)));
  return ask;
}

/** One per strategy, however many guards use it. */
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
 * Makes a class that adds to the strategy the functions by which it answers (passport-strategy, "Augmented Methods").
 * Each request gets a new instance to hold its answer. V8 would take much longer to make one with `Object.create`.
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
  // In the strategy, `this.constructor` must still be its own class, with its static members.
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
