import { accessSync, constants } from 'node:fs';

const FILES = ['sslrootcert', 'sslcert', 'sslkey'];

/** What is wrong with a database URL and how to fix it, or `undefined`. Never contains the URL. */
export function databaseUrlProblem(text: string): string | undefined {
  if (!/^postgres(ql)?:\/\//.test(text)) return 'must begin with postgres://';
  if (!isReadable(text))
    return (
      'is not a valid URL: write postgres://user:password@host:5432/database. ' +
      'Write characters such as # / % @ : in a user name or password as %23 %2F %25 %40 %3A'
    );
  for (const name of FILES) {
    const file = new URL(text).searchParams.get(name);
    if (file !== null && !mayRead(file)) return `names a file that cannot be read: ${name}`;
  }
  return undefined;
}

/** An unescaped `#` or `/` in the password would cut the URL short. */
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
