const LONGEST = 2_000;
/** How often an address is decoded in the search for what it hides. */
const DECODINGS = 3;

/** What browsers drop, or read as a slash. */
const UNFIT = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\\]/u;

/** Two slashes at the beginning, or after dots: browsers would read a host there. */
const NAMES_HOST = /^\/(?:\.{0,2}\/)+/;

/**
 * Where people may be sent once they are signed in: a path of this origin, or an address of an origin from the
 * configuration, written exactly so. `undefined` for anything else, however it is disguised.
 */
export function returnAddress(given: unknown, trustedOrigins: readonly string[]): string | undefined {
  if (typeof given !== 'string' || given.length > LONGEST || !URL.canParse(given, 'https://own.invalid'))
    return undefined;
  if (!given.startsWith('/')) return isOf(trustedOrigins, given) && !UNFIT.test(given) ? given : undefined;
  return isPath(given) ? given : undefined;
}

function isPath(given: string): boolean {
  let path = given;
  for (let decoding = 0; decoding <= DECODINGS; decoding += 1) {
    if (UNFIT.test(path) || NAMES_HOST.test(path) || namesHost(path)) return false;
    const decoded = decodedOf(path);
    if (decoded === undefined) return decoding > 0; // a percent sign that was written as %25
    if (decoded === path) return true;
    path = decoded;
  }
  return false;
}

/** After the browser has resolved dots, as in `/a/..//evil.example`. */
function namesHost(path: string): boolean {
  const { origin, pathname } = new URL(path, 'https://own.invalid');
  return origin !== 'https://own.invalid' || pathname.startsWith('//');
}

function decodedOf(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** The origin, and then the end or the beginning of a path: no user information, and no longer host. */
function isOf(origins: readonly string[], given: string): boolean {
  return origins.some(
    (origin) => given.startsWith(origin) && /^(?:$|[/?#])/.test(given.slice(origin.length)),
  );
}
