import { LatchkeyError, type UnknownCredential } from './client-error.js';

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
  mfaToken?: string;
  methods?: string[];
  unknownCredential?: UnknownCredential;
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

/** @throws what `fetch` throws, also when the connection breaks while the body arrives */
export async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  try {
    return { response, body: (JSON.parse(text || '{}') ?? {}) as AnswerBody };
  } catch {
    return { response, body: {} }; // a page from a proxy instead of an answer from the service
  }
}

/** @throws LatchkeyError `NETWORK_ERROR` when no whole answer arrives, or what this `fetch` throws otherwise */
export async function askWith(send: typeof fetch, to: string | URL, init: RequestInit): Promise<Answer> {
  try {
    return await readAnswer(await send(to, init));
  } catch (error) {
    throw error instanceof LatchkeyError ? error : networkError(error);
  }
}

/** The service, or something that speaks like it, says no, and will say so again. */
export function isRefusal({ response: { status }, body }: Answer): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429 && isCode(body.error);
}

/** A refusal that a refresh may cure, or else confirms. */
export function isCurable({ response, body }: Answer): boolean {
  const curable: unknown[] = ['TOKEN_EXPIRED', 'TOKEN_MISSING', 'TOKEN_REVOKED', 'INVALID_TOKEN'];
  return response.status === 401 && curable.includes(body.error);
}

/** The members of a login or a refresh. A captive portal may answer 200 as well, with its own page. */
export function hasSession({ response, body }: Answer, inCookies: boolean): boolean {
  const { accessToken, refreshToken, expiresIn } = body;
  const lives = Number.isFinite(expiresIn) && expiresIn! > 0;
  return response.ok && lives && (inCookies || (isText(accessToken) && isText(refreshToken)));
}

/** What the service answers when something is done and there is nothing to tell. */
export const isDone = ({ response }: Answer): boolean => response.status === 204;

/** The same, or when it will be done, such as by a mail. */
export const isAccepted = (answer: Answer): boolean => isDone(answer) || answer.response.status === 202;

/** @throws LatchkeyError when the service refuses, or its answer has no user, or another outcome */
export function userIn(answer: Answer): LatchkeyUser {
  const { response, body } = answer;
  const { user, outcome = 'signed-in' } = body;
  if (!response.ok || outcome !== 'signed-in' || !isText(user?.id)) throw errorOf(answer);
  return user!;
}

export function errorOf({ response, body }: Answer): LatchkeyError {
  const { status } = response;
  const { error, message, details } = body;
  return new LatchkeyError(
    isText(error) ? error : 'UNKNOWN',
    isText(message) ? message : `The service sent an unexpected response (${status}).`,
    status,
    Array.isArray(details) ? details : undefined,
    retryAfterOf(response),
    undefined,
    body.unknownCredential,
  );
}

export function networkError(cause: unknown): LatchkeyError {
  return new LatchkeyError('NETWORK_ERROR', 'The service cannot be reached.', 0, undefined, undefined, cause);
}

/** A gateway's own answer says `Unauthorized`, for example. */
const isCode = (error: unknown): boolean => /^[A-Z_]+$/.test(error as string);

export const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** In seconds. A page of another origin can read it only if the service exposes the header (CORS). */
function retryAfterOf({ headers }: Response): number | undefined {
  const value = headers.get('retry-after') ?? '';
  return /^\d+$/.test(value) ? Number(value) : undefined;
}
