import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWhere } from './describe-where.js';
import { freePort } from './redis.js';
import { until } from './until.js';

const GATEWAYS = join(import.meta.dirname, '../../examples/gateways');

/** Where Debian's packages put them; `/usr/sbin` is not on everybody's PATH. */
const NEEDED = {
  nginx: ['/usr/sbin/nginx'],
  haproxy: ['/usr/sbin/haproxy'],
  apache: ['/usr/sbin/apache2', '/usr/lib/apache2/modules/mod_auth_openidc.so'],
};
const PACKAGES = {
  nginx: 'nginx',
  haproxy: 'haproxy',
  apache: 'apache2 libapache2-mod-auth-openidc',
};

export type GatewayName = keyof typeof NEEDED;

/** `describe` for tests that need this gateway. */
export const describeWith = (name: GatewayName) =>
  describeWhere({
    present: NEEDED[name].every(exists),
    missing: `These Debian packages are absent: ${PACKAGES[name]}`,
    skipped: `the tests that need ${name}`,
  });

function exists(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}

/** The main file of each program, which a guide need not show. */
const MAIN: Record<GatewayName, (folder: string, file: string) => string> = {
  nginx: (folder, file) => `
    daemon off;
    master_process off;
    pid ${folder}/nginx.pid;
    error_log stderr;
    events {}
    http {
      access_log off;
      ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join('\n')}
      include ${file};
    }`,
  haproxy: (_, file) => readFileSync(file, 'utf8'),
  apache: (folder, file) => `
    ServerRoot ${folder}
    ServerName localhost
    PidFile ${folder}/apache.pid
    Mutex file:${folder}
    ErrorLog ${folder}/error.log
    Listen 127.0.0.1:8080
    User www-data
    Group www-data
    ${[
      'mpm_event',
      'authn_core',
      'authz_core',
      'authz_user',
      'macro',
      'proxy',
      'proxy_http',
      'headers',
      'auth_openidc',
    ]
      .map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`)
      .join('\n')}
    OIDCOAuthSSLValidateServer Off
    Include ${file}`,
};

const COMMAND: Record<GatewayName, (file: string) => string[]> = {
  nginx: (file) => ['/usr/sbin/nginx', '-c', file],
  haproxy: (file) => ['/usr/sbin/haproxy', '-db', '-f', file],
  apache: (file) => ['/usr/sbin/apache2', '-DFOREGROUND', '-f', file],
};

export interface Gateway {
  url: string;
  end(): Promise<void>;
}

/**
 * Runs a gateway with the file that the guide shows. Only its addresses are replaced.
 * @param addresses what stands in the files, and what to write instead
 * @param others other files that it needs, by the path that stands in the file
 */
export async function startGateway(
  name: GatewayName,
  file: string,
  addresses: Record<string, string>,
  others: Record<string, string> = {},
): Promise<Gateway> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-gateway-'));
  chmodSync(folder, 0o777); // Apache changes its user
  const port = await freePort();
  const adapted = (text: string) =>
    Object.entries({ ...addresses, '127.0.0.1:8080': `127.0.0.1:${port}` }).reduce(
      (changed, [before, after]) => changed.replaceAll(before, after),
      text.replaceAll(/(listen |bind :)8080/g, (_, word: string) =>
        word.startsWith('bind') ? `bind 127.0.0.1:${port}` : `listen 127.0.0.1:${port}`,
      ),
    );
  const write = (path: string, text: string) => {
    writeFileSync(join(folder, path), adapted(text));
    return join(folder, path);
  };
  for (const [path, text] of Object.entries(others)) addresses[path] = write(path.split('/').at(-1)!, text);
  const site = write('site', readFileSync(join(GATEWAYS, file), 'utf8'));
  const [program = '', ...args] = COMMAND[name](write('main', MAIN[name](folder, site)));

  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`${name} ended with code ${child.exitCode}:\n${output}`);
    return accepts(port);
  });
  return {
    url: `http://127.0.0.1:${port}`,
    end: async () => {
      const exited = once(child, 'exit');
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        await exited;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const exampleFile = (file: string) => readFileSync(join(GATEWAYS, file), 'utf8');

/** Names that a WSGI, CGI or PHP app does not distinguish from the headers that tell it who makes a request. */
export const OTHER_SPELLINGS = [
  'X_Auth_User',
  'X-Auth_User',
  'x_auth-user',
  'X.Auth.User',
  'X-AUTH.USER',
  'x_auth-roles',
  'X-Auth_Roles',
  'X_AUTH_ROLES',
  'X_Auth_Session',
  'x-auth_session',
];

/** The app behind the gateway: tells what reached it. */
export interface App {
  address: string;
  requests: { method: string; headers: IncomingHttpHeaders; body: string }[];
  close(): void;
}

export async function startApp(): Promise<App> {
  const requests: App['requests'] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    requests.push({ method: request.method!, headers: request.headers, body });
    response.end('reached');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { address: `127.0.0.1:${port}`, requests, close: () => server.close() };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
