import { AuthError } from '../errors/auth-error.js';

/** What the first reader that takes the token makes of it; `undefined` when all refuse it (401), whatever the reason. */
export async function readToken<Claims>(
  token: string,
  ...readers: ((token: string) => Promise<Claims>)[]
): Promise<Claims | undefined> {
  for (const read of readers) {
    try {
      return await read(token);
    } catch (error) {
      if (!(error instanceof AuthError && error.statusCode === 401)) throw error;
    }
  }
  return undefined;
}
