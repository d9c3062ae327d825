import { LatchkeyError } from './client-error.js';

/** What the endpoints under `/auth` may answer. No field is in all answers. */
export interface AnswerBody {
  accessToken?: string;
  refreshToken?: string;
  /** Absent, or `signed-in`. Anything else is a step that this client does not know. */
  outcome?: string;
  expiresIn?: number;
  user?: LatchkeyUser;
  error?: string;
  message?: string;
  details?: { field: string; message: string }[];
}

/** The user, as the service describes them. */
export interface LatchkeyUser {
  id: string;
  email: string;
  name: string | null;
  roles: string[];
  permissions: string[];
  /** ISO 8601 in UTC. */
  createdAt: string;
}

/** An answer that has arrived completely. */
export interface Answer {
  response: Response;
  body: AnswerBody;
}

/** The service says "not now", or a proxy in between answered in its place. */
export function isTemporary({ response: { status } }: Answer): boolean {
  return status === 429 || status === 408 || status >= 500;
}

/** @throws what `fetch` throws, also when the connection breaks while the body arrives */
export async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  try {
    return { response, body: (JSON.parse(text || '{}') ?? {}) as AnswerBody };
  } catch {
    return { response, body: {} }; // a page from a proxy instead of an answer from the service
  }
}

/** @throws LatchkeyError when the service refuses, or its answer has no user, or another outcome */
export function userIn(answer: Answer): LatchkeyUser {
  const { response, body } = answer;
  const { user, outcome = 'signed-in' } = body;
  if (!response.ok || outcome !== 'signed-in' || typeof user?.id !== 'string') throw errorOf(answer);
  return user;
}

export function errorOf({ response, body }: Answer): LatchkeyError {
  const { status } = response;
  const {
    error = 'UNKNOWN',
    message = `The service sent an unexpected response (${status}).`,
    details,
  } = body;
  return new LatchkeyError(error, message, status, details, retryAfterOf(response));
}

export function networkError(cause: unknown): LatchkeyError {
  return new LatchkeyError('NETWORK_ERROR', 'The service cannot be reached.', 0, undefined, undefined, cause);
}

/** In seconds. A page of another origin can read it only if the service exposes the header (CORS). */
function retryAfterOf({ headers }: Response): number | undefined {
  const value = headers.get('retry-after');
  return value && /^\d+$/.test(value) ? Number(value) : undefined;
}
