import { AuthError } from '../errors/auth-error.js';

/** Returns the result of the first reader that accepts the token; `undefined` when all of them reject it with a 401. */
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
