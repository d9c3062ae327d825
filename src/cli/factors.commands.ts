import { AccountAdmin, FactorReset, FactorSecrets } from '../index.js';
import { done, failed, noUser, table, timeOf } from './outcome.js';
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
  if (list.length === 0) return done(`${account.email} has no second factor.`, list);
  const rows = list.map(({ id, kind, name, createdAt, lastUsedAt, remaining }) => [
    id,
    kind,
    name ?? (remaining === undefined ? '' : `${remaining} left`),
    timeOf(createdAt),
    lastUsedAt ? timeOf(lastUsedAt) : 'never',
  ]);
  return done(table(['factor id', 'kind', 'name', 'added', 'last used'], rows), list);
};

export const resetUserFactors: Command = async (app, who) => {
  const factors = app.get<FactorReset | undefined>(FactorReset);
  if (!factors) return NO_FACTORS;
  const account = await app.get(AccountAdmin).find(who!);
  if (!account || !(await factors.reset(account.id))) return noUser(who!);
  return done(`${account.email} has no second factors now, and is logged out everywhere.`);
};
