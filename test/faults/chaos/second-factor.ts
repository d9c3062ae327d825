import { codeFor } from '../../support/second-factors.js';
import type { Caller, Sent } from './caller.js';

/** Adds an authenticator app. Resolves to its secret, or to `undefined` if it is not certain that it was added. */
export async function addTotp(caller: Caller, token: string, session: string): Promise<string | undefined> {
  const begun = await caller.send('add factor', '/auth/totp', { body: {}, token });
  if (begun.answer?.status !== 201) return undefined;
  const { id, secret } = begun.answer.body as { id: string; secret: string };
  const body = { code: codeFor(secret) };
  const { answer } = await caller.send(
    'add factor',
    `/auth/totp/${id}/confirm`,
    { body, token },
    { ...body, session },
  );
  return answer?.status === 200 ? secret : undefined;
}

/** The second step of a login, with one code on two ways at the same time. */
export function secondStep(
  caller: Caller,
  given: { code: string; mfaToken: string; password: string },
): Promise<Sent[]> {
  const { code, mfaToken, password } = given;
  const send = () =>
    caller.send('second factor', '/auth/login/mfa', { body: { mfaToken, code } }, { code, password });
  return Promise.all([send(), send()]);
}
