import { randomUUID } from 'node:crypto';
import type { RevocableToken, RevocationList } from '../../src/index.js';
import { until } from '../support/until.js';

const token = (iat: number, auth_time?: number): RevocableToken => ({
  jti: randomUUID(),
  sid: randomUUID(),
  sub: randomUUID(),
  iat,
  ...(auth_time !== undefined && { auth_time }),
});

const all = (since: number) => [{ kind: 'all' as const, id: '*', since: new Date(since * 1_000 - 1) }];

/** Tokens around a revocation of all that began before `time`, and whether each is revoked by it. */
function tokensAround(time: number): [name: string, token: RevocableToken, revoked: boolean][] {
  return [
    ['an access token of an earlier session', token(time - 1, time - 1), true],
    ['one that was refreshed since', token(time + 9, time - 1), true],
    ['an earlier token that does not say when its session began', token(time - 1), true],
    ['an access token of the same second', token(time, time), false],
    ['a later token that does not say when its session began', token(time + 9), false],
  ];
}

/**
 * What a list, and another instance that learns of it soon, do wrong when all sessions are revoked, first at a time and
 * then at an earlier one.
 */
export async function failuresOfAll(
  list: RevocationList,
  other: RevocationList,
  now: () => Promise<number>,
): Promise<string[]> {
  const time = await now();
  await list.revoke(all(time), 60);
  await list.revoke(all(time - 600), 60);
  const wrong = await wrongAnswers(list, time);
  if (wrong.length > 0) return wrong;
  await until(async () => (await wrongAnswers(other, time)).length === 0);
  return [];
}

async function wrongAnswers(list: RevocationList, time: number): Promise<string[]> {
  const wrong: string[] = [];
  for (const [name, each, revoked] of tokensAround(time))
    if ((await list.isRevoked(each)) !== revoked) wrong.push(name);
  return wrong;
}
