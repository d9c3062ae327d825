import { PassportStrategy } from '@nestjs/passport';
import { type SecretOrKeyProvider, Strategy } from 'passport-jwt';

/** What our strategies use of passport-jwt's: said here, so that hosts need no types of a package they do not import. */
export type PassportJwtStrategy = new (options: {
  jwtFromRequest: (request: never) => string | null;
  secretOrKeyProvider: SecretOrKey;
}) => {
  /** Called by Passport for each request; ends in one of the others. */
  authenticate(request: unknown, options?: object): void;
  /** Lets the request through with this user. */
  success(user: unknown): void;
  /** Refuses the request, with the reason for the guard. */
  fail(challenge: unknown, status: number): void;
  /** Something broke; the request is neither let through nor refused. */
  error(error: Error): void;
};

type SecretOrKey = (request: never, token: unknown, done: (error: Error) => void) => void;

/** passport-jwt's strategy under a name of its own in Passport's process-wide registry. */
export function passportJwtStrategy(name: string): PassportJwtStrategy {
  return PassportStrategy(Strategy, name) as unknown as PassportJwtStrategy;
}

/**
 * The key provider of Latchkey's strategies. They have `TokensService` verify, so passport-jwt never asks for a key;
 * should a later version of it come to verify by itself, it gets none and refuses.
 */
export const refuseOwnVerification = ((_request, _token, done) =>
  done(new Error('Latchkey verifies tokens itself'), undefined)) satisfies SecretOrKeyProvider;
