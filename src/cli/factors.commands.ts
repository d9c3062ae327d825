import type { INestApplicationContext } from '@nestjs/common';
import { AccountAdmin, FactorReset, FactorSecrets } from '../index.js';
import { done, failed, noUser, type Outcome, table, timeOf } from './outcome.js';
import type { Command } from './run.js';

const NO_FACTORS = failed('There are no second factors: set MFA_ENCRYPTION_SECRET to turn them on.');

export const rotateFactorSecrets: Command = async (app) => {
  const secrets = app.get<FactorSecrets | undefined>(FactorSecrets);
  if (!secrets) return NO_FACTORS;
  const rotated = await secrets.rotate();
  const { renewed, unreadable, waiting } = rotated;
  if (waiting)
    return failed(
      'An instance does not know the newest of MFA_ENCRYPTION_SECRET: restart all with it, then rotate again.',
    );
  const said = `${renewed} secrets were encrypted again with the newest of MFA_ENCRYPTION_SECRET.`;
  if (unreadable === 0) return done(`${said} The others of the list can be removed.`, rotated);
  return failed(
    `${said} ${unreadable} cannot be read with any of the list: put the missing secret back into it.`,
  );
};

export const listUserFactors: Command = async (app, who) => {
  const factors = app.get<FactorReset | undefined>(FactorReset);
  if (!factors) return NO_FACTORS;
  const account = await app.get(AccountAdmin).find(who!);
  if (!account) return noUser(who!);
  const list = await factors.listOf(account.id);
  const resetsAt = await factors.pendingFor(account.id);
  const pending = resetsAt ? `\n\nAll of them will be removed at ${timeOf(resetsAt)}.` : '';
  const json = { factors: list, resetsAt };
  if (list.length === 0) return done(`${account.email} has no second factor.`, json);
  const rows = list.map(({ id, kind, name, createdAt, lastUsedAt, remaining }) => [
    id,
    kind,
    name ?? (remaining === undefined ? '' : `${remaining} left`),
    timeOf(createdAt),
    lastUsedAt ? timeOf(lastUsedAt) : 'never',
  ]);
  return done(table(['factor id', 'kind', 'name', 'added', 'last used'], rows) + pending, json);
};

export interface ResetFactorsOptions {
  cancel?: true;
}

export const resetUserFactors = async (
  app: INestApplicationContext,
  who: string,
  { cancel }: ResetFactorsOptions,
): Promise<Outcome> => {
  const factors = app.get<FactorReset | undefined>(FactorReset);
  if (!factors) return NO_FACTORS;
  const account = await app.get(AccountAdmin).find(who);
  if (!account) return noUser(who);
  const { id, email } = account;
  if (cancel)
    return (await factors.cancel(id))
      ? done(`The second factors of ${email} stay.`)
      : failed(`Nothing was to be removed from ${email}, or it has happened already.`);
  const requested = await factors.request(id);
  if (!requested) return noUser(who);
  const pending = await factors.pendingFor(id);
  const json = { resetsAt: requested.at, done: pending === null };
  if (!pending) return done(`${email} has no second factors now, and is logged out everywhere.`, json);
  const when = timeOf(requested.at);
  return done(
    `All second factors of ${email} will be removed at ${when}, unless the owner cancels it.`,
    json,
  );
};
