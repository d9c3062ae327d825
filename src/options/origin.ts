/** `URL` reports an origin for these schemes only (URL Standard, "origin"); the others are compared as they are. */
const WEB = /^https?:/;

/** The origin of an app in a web view, such as `capacitor://localhost`: a scheme and a host, without a path. */
const APP = /^([a-z][a-z\d+.-]*):\/\/[\w.~%:[\]-]+$/;

/** Pages of these schemes have no origin of their own, or share one with every other such page. */
const WITHOUT_ORIGIN = new Set(
  'about blob data file filesystem ftp javascript vbscript view-source ws wss'.split(' '),
);

const EXPECTED = 'must be a list of exact origins, each such as https://app.example.com';

/** What is wrong with a list of trusted origins; `undefined` if each is exactly what browsers send (RFC 6454 §6.2). */
export function originsProblem(values: unknown): string | undefined {
  if (!Array.isArray(values)) return EXPECTED;
  const wrong: unknown[] = values.filter((value) => !isOrigin(value));
  if (wrong.length === 0) return undefined;
  const [reason] = wrong.flatMap(reasonFor);
  return reason ? `${EXPECTED} or capacitor://localhost: ${reason}` : EXPECTED;
}

function isOrigin(text: unknown): boolean {
  if (typeof text !== 'string' || text.includes('*') || !URL.canParse(text)) return false;
  if (WEB.test(text)) return new URL(text).origin === text;
  const [, scheme = ''] = APP.exec(text) ?? [];
  return scheme !== '' && !WITHOUT_ORIGIN.has(scheme);
}

function reasonFor(text: unknown): string[] {
  if (text === 'null') return ['null is what every sandboxed page and every local file sends'];
  if (typeof text !== 'string') return [];
  if (text.includes('*')) return ['a wildcard would trust pages of others'];
  const [, scheme = ''] = /^([a-z][a-z\d+.-]*):/i.exec(text) ?? [];
  return WITHOUT_ORIGIN.has(scheme.toLowerCase()) ? [`pages of ${scheme}: have no origin of their own`] : [];
}
