import { stat } from 'node:fs/promises';

import { run, type SystemUser } from './run.js';

const NAME = 'postgres';

/**
 * PostgreSQL refuses to run as root, so root runs it as the owner of the cluster. A new cluster belongs to the system
 * user `postgres`, which is created if missing. Any other user runs it as themselves (`undefined`).
 */
export async function serverUser(cluster: string): Promise<SystemUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(cluster).catch(() => undefined);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return (await findUser()) ?? createUser();
}

async function findUser(): Promise<SystemUser | undefined> {
  const [uid, gid] = await Promise.all([id('-u'), id('-g')]);
  return uid && gid ? { uid, gid } : undefined;
}

async function id(which: '-u' | '-g'): Promise<number> {
  const { ok, output } = await run('id', [which, NAME], { limit: 5_000 });
  return ok ? Number(output) : 0;
}

async function createUser(): Promise<SystemUser> {
  const group = await run('groupadd', ['--system', NAME], { limit: 5_000 });
  const user = await run(
    'useradd',
    ['--system', '--gid', NAME, '--no-create-home', '--home-dir', '/', '--shell', '/usr/sbin/nologin', NAME],
    { limit: 5_000 },
  );
  const created = await findUser();
  if (created) return created;
  throw new Error(
    `PostgreSQL does not run as root, and its system user "${NAME}" could not be created ` +
      `(${[group.output, user.output].filter(Boolean).join('; ')}). ` +
      'Start Latchkey as a normal user, create that user, or set DATABASE_URL to use another PostgreSQL server.',
  );
}
