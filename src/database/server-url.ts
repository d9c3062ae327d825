import { isIPv6 } from 'node:net';

/** Where a PostgreSQL server listens. A host that begins with `/` is the folder of its Unix socket. */
export interface ServerAddress {
  host: string;
  port: number;
}

/** What a database URL says. */
export interface ServerUrl {
  /** The same URL with the first server alone, as `pg` and TypeORM read it. */
  url: string;
  /** In the order in which to try them. Empty if the URL names none: `pg` then uses its default. */
  servers: ServerAddress[];
  /** Whether only a server that accepts writes will do (`target_session_attrs`). */
  writable: boolean;
}

const DEFAULT_PORT = 5432;
/** The address of a Unix socket is a C string of 108 bytes. */
const LONGEST_SOCKET = 107;
const NEVER_WRITABLE = new Set(['read-only', 'standby', 'prefer-standby']);
const FORM =
  'is not a valid URL: write postgres://user:password@host:5432/database. ' +
  'Write characters such as # / % @ : in a user name or password as %23 %2F %25 %40 %3A';

/** A sentence without its subject, and without any part of the URL. */
export class ServerUrlError extends Error {}

/**
 * Reads a URL as libpq does: with several hosts (`host1:5432,host2:5433`), IPv6 addresses in brackets, folders of Unix
 * sockets (`?host=/cloudsql/project:region:instance`), and `target_session_attrs`. With several hosts, a server that
 * accepts writes is looked for unless the URL says `any`.
 * @throws ServerUrlError
 */
export function readServerUrl(text: string): ServerUrl {
  const [, scheme, rest = ''] =
    /^(postgres(?:ql)?):\/\/(.*)$/s.exec(text) ?? refuse('must begin with postgres://');
  const [, authority = '', path = '', query = ''] =
    /^([^/?#]*)(\/[^?#]*)?(?:\?([^#]*))?$/.exec(rest) ?? refuse(FORM);
  const at = authority.lastIndexOf('@') + 1;
  const credentials = authority.slice(0, at);
  const parameters = new URLSearchParams(query);
  if (!isDecodable(credentials + path) || /@/.test(path + [...parameters.keys()].join(''))) refuse(FORM);

  const servers = readServers(authority.slice(at), parameters);
  const writable = isWritable(parameters.get('target_session_attrs') ?? undefined, servers.length);
  if (isPlain(authority.slice(at), servers, parameters)) return { url: checked(text), servers, writable };

  for (const name of ['host', 'port', 'target_session_attrs']) parameters.delete(name);
  const { host, port } = servers[0] ?? { host: 'localhost', port: DEFAULT_PORT };
  if (host.startsWith('/')) parameters.set('host', host);
  const name = host.startsWith('/') ? 'localhost' : isIPv6(host) ? `[${host}]` : host;
  const ending = parameters.size > 0 ? `?${parameters}` : '';
  return { url: checked(`${scheme}://${credentials}${name}:${port}${path}${ending}`), servers, writable };
}

function refuse(message: string): never {
  throw new ServerUrlError(message);
}

function checked(url: string): string {
  return URL.canParse(url) ? url : refuse(FORM);
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** `pg` reads such a URL correctly by itself. */
function isPlain(hosts: string, servers: readonly ServerAddress[], parameters: URLSearchParams): boolean {
  const own = parameters.has('host') || parameters.has('port') || parameters.has('target_session_attrs');
  return !own && servers.length < 2 && !hosts.includes('%');
}

function readServers(authority: string, parameters: URLSearchParams): ServerAddress[] {
  const given = parameters.get('host');
  const parts = (given ?? authority).split(',');
  if (given === null && authority === '') return [];
  const ports = parameters.get('port')?.split(',');
  if (ports && ports.length !== 1 && ports.length !== parts.length)
    refuse('must name one port for all hosts, or one for each');
  return parts.map((part, index) => {
    const { host, port } = given === null ? readHost(part) : { host: part, port: undefined };
    const address = { host: checkedHost(host), port: readPort(ports?.[index] ?? ports?.[0] ?? port) };
    if (
      Buffer.byteLength(`${address.host}/.s.PGSQL.${address.port}`) > LONGEST_SOCKET &&
      host.startsWith('/')
    )
      refuse(`names a folder of a Unix socket whose path is longer than ${LONGEST_SOCKET} bytes`);
    return address;
  });
}

function readHost(part: string): { host: string; port?: string } {
  if (!part.startsWith('[') && part.split(':').length > 2)
    refuse('must have an IPv6 address in brackets: postgres://user:password@[::1]:5432/database');
  const [, six, name, port] =
    /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(.*))?$/.exec(part) ?? refuse('names a host that is not one');
  if (six !== undefined && !isIPv6(six)) refuse('has something in brackets that is not an IPv6 address');
  if (name !== undefined && !isDecodable(name)) refuse(FORM);
  return { host: six ?? decodeURIComponent(name!), port };
}

function checkedHost(host: string): string {
  if (host === '') refuse('names an empty host: there is a comma too many');
  if (!host.startsWith('/') && !isIPv6(host) && !/^[\p{L}\p{N}._-]+$/u.test(host))
    refuse('names a host that is not one: write a name, an address, or the folder of a Unix socket');
  return host;
}

function readPort(text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT_PORT;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : refuse('names a port that is not a number from 1 to 65535');
}

function isWritable(attributes: string | undefined, servers: number): boolean {
  if (attributes === undefined) return servers > 1;
  if (NEVER_WRITABLE.has(attributes))
    refuse(
      `must not say target_session_attrs=${attributes}, because sessions are written: leave it out, or write read-write`,
    );
  if (!['any', 'read-write', 'primary'].includes(attributes))
    refuse('must say read-write, primary or any in target_session_attrs');
  return attributes !== 'any';
}
