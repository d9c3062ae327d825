import { accessSync, constants } from 'node:fs';

const FILES = ['sslrootcert', 'sslcert', 'sslkey'];

/** What is wrong with the address of a database and what to write instead, never the address; else `undefined`. */
export function databaseUrlProblem(text: string): string | undefined {
  if (!/^postgres(ql)?:\/\//.test(text)) return 'must begin with postgres://';
  if (!isReadable(text))
    return (
      'is not an address: postgres://user:password@host:5432/database. ' +
      'Characters such as # / % @ : in a user name or password are written %23 %2F %25 %40 %3A'
    );
  for (const name of FILES) {
    const file = new URL(text).searchParams.get(name);
    if (file !== null && !mayRead(file)) return `names a file that cannot be read: ${name}`;
  }
  return undefined;
}

/** A `#` or `/` of the password would have cut the address short. */
function isReadable(text: string): boolean {
  try {
    const { username, password, pathname, hash } = new URL(text);
    [username, password, pathname].forEach(decodeURIComponent);
    return hash === '' && !pathname.includes('@');
  } catch {
    return false;
  }
}

function mayRead(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
