import { PassportStrategy } from '@nestjs/passport';
import { type SecretOrKeyProvider, Strategy } from 'passport-jwt';

/** The part of passport-jwt's strategy that ours use; declared here so that hosts do not need that package's types. */
export type PassportJwtStrategy = new (options: {
  jwtFromRequest: (request: never) => string | null;
  secretOrKeyProvider: SecretOrKey;
}) => {
  /** Called by Passport for each request; calls one of the methods below when done. */
  authenticate(request: unknown, options?: object): void;
  /** Lets the request through with this user. */
  success(user: unknown): void;
  /** Rejects the request, and gives the guard the reason. */
  fail(challenge: unknown, status: number): void;
  /** Reports an unexpected error; the request is neither let through nor rejected. */
  error(error: Error): void;
};

type SecretOrKey = (request: never, token: unknown, done: (error: Error) => void) => void;

/** Returns passport-jwt's strategy under this name in Passport's process-wide registry. */
export function passportJwtStrategy(name: string): PassportJwtStrategy {
  return PassportStrategy(Strategy, name) as unknown as PassportJwtStrategy;
}

/**
 * The key provider of Latchkey's strategies. `TokensService` verifies their tokens, so passport-jwt never asks for a
 * key; if a later version of it tried to verify tokens on its own, it would get no key and reject them.
 */
export const refuseOwnVerification = ((_request, _token, done) =>
  done(new Error('Latchkey verifies tokens itself'), undefined)) satisfies SecretOrKeyProvider;
