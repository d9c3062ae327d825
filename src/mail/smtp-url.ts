/** Names of this machine: no one else reads what is sent there without TLS. */
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Where mails are handed over. */
export interface SmtpServer {
  host: string;
  port: number;
  /** `true`: TLS from the first byte. Otherwise STARTTLS is required, unless the server is on this machine. */
  secure: boolean;
  isLoopback: boolean;
  user?: string;
  password?: string;
  /** How we introduce ourselves. Default: the name of this machine. */
  name?: string;
}

const EXAMPLE = 'smtp://user:password@smtp.example.com:587 or smtps://user:password@smtp.example.com';

/** Reads `smtp://…` or `smtps://…`. Returns what is wrong with it instead, without quoting it. */
export function readSmtpUrl(text: string): SmtpServer | string {
  if (!URL.canParse(text) || !/^smtps?:\/\//i.test(text)) return `must be a URL such as ${EXAMPLE}`;
  // The rules for hosts are those of http.
  const secure = /^smtps:/i.test(text);
  const asHttp = text.replace(/^smtps?:/i, 'http:');
  if (!URL.canParse(asHttp)) return `must be a URL such as ${EXAMPLE}`;
  const url = new URL(asHttp);
  if (url.pathname !== '/' || url.hash) return 'must not have a path or a fragment';
  const unknown = [...url.searchParams.keys()].find((parameter) => parameter !== 'name');
  if (unknown !== undefined) return 'has a parameter that is not known: only ?name=… is';
  const name = url.searchParams.get('name');
  if (name !== null && !/^[a-z\d.-]{1,253}$/i.test(name)) return 'has a name that is not a host name';
  const [user, password] = [decoded(url.username), decoded(url.password)];
  if (user === undefined || password === undefined)
    return 'has a user or password that is not percent-encoded';
  if ((user === '') !== (password === '')) return 'must have both a user and a password, or neither';
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: portOf(text) ?? (secure ? 465 : 587),
    secure,
    isLoopback: LOOPBACK.has(url.hostname),
    ...(user && { user, password }),
    ...(name !== null && { name }),
  };
}

/** `URL` hides the default port of http. */
function portOf(text: string): number | undefined {
  const [, port] = /^smtps?:\/\/[^/?#]*:(\d+)(?:[/?#]|$)/i.exec(text) ?? [];
  return port === undefined ? undefined : Number(port);
}

function decoded(text: string): string | undefined {
  try {
    const value = decodeURIComponent(text);
    // oxlint-disable-next-line eslint/no-control-regex
    return /[\u0000-\u001f\u007f]/.test(value) ? undefined : value;
  } catch {
    return undefined;
  }
}
