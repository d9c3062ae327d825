import type { INestApplicationContext } from '@nestjs/common';
import { KeyRing, KeyRotation } from '../index.js';
import { done, failed, type Outcome, table, timeOf } from './outcome.js';
import type { Command } from './run.js';

const NO_RING = failed(
  'There is no managed key ring: set KEY_ENCRYPTION_SECRET to store and rotate keys in the database.',
);

export const listKeys: Command = async (app) => {
  const ring = app.get<KeyRing | undefined>(KeyRing);
  if (!ring) return NO_RING;
  const rows = ring
    .list()
    .map((key) => [
      key.kid,
      key.algorithm,
      key.signs ? 'active, signs' : key.state,
      timeOf(key.activeAt),
      timeOf(key.retiredAt),
      timeOf(key.removeAt),
    ]);
  const heading = ['key id', 'algorithm', 'state', 'active from', 'retired from', 'removed from'];
  return done(table(heading, rows), ring.list());
};

export const rotateKeys: Command = async (app) => {
  const rotation = app.get<KeyRotation | undefined>(KeyRotation);
  if (!rotation) return NO_RING;
  await rotation.rotate();
  const [key] = app.get(KeyRing).list();
  return done(`The key ${key!.kid} is published now and signs from ${timeOf(key!.activeAt)} on.`, key);
};

export const retireKey: Command = (app, kid) => end(app, kid!, 'retire');
export const removeKey: Command = (app, kid) => end(app, kid!, 'remove');

const WHAT_IT_MEANS = {
  retire: 'no longer signs; the tokens it signed stay valid until they expire.',
  remove:
    'has been removed: the tokens it signed are no longer accepted. Clients must refresh, or log in again.',
};

async function end(
  app: INestApplicationContext,
  kid: string,
  how: keyof typeof WHAT_IT_MEANS,
): Promise<Outcome> {
  const rotation = app.get<KeyRotation | undefined>(KeyRotation);
  if (!rotation) return NO_RING;
  const found = await rotation[how](kid);
  if (!found) return failed(`There is no key ${kid}: see latchkey keys list.`);
  return done(`The key ${kid} ${WHAT_IT_MEANS[how]}`, { kid, [how]: true });
}
