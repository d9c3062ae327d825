import 'reflect-metadata';
import {
  type INestApplication,
  Injectable,
  Module,
  Catch,
  type ArgumentsHost,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  MessageBody,
  type OnGatewayConnection,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import {
  AuthError,
  AuthModule,
  type AuthRequest,
  CurrentUser,
  JwtAuthGuard,
  Public,
  rememberHandshake,
  RolesGuard,
  SessionEndings,
  StepUp,
  TokensService,
} from 'latchkey';
import { inMemoryAuth } from '../../src/testing/index.js';
import { EchoModule } from '../../examples/extending/websocket-guard.js';
import { NewsModule } from '../../examples/extending/event-stream.js';
import { io, IoAdapter, WebSocket, WsAdapter } from '../../examples/extending/websocket-packages.js';
import { freePort } from '../support/free-port.js';
import { until } from '../support/until.js';

const OWN_PORT = await freePort();
const ada = { id: 'ada', roles: ['admin'], permissions: [] };

@Catch(AuthError)
class HostFilter {
  catch(error: AuthError, host: ArgumentsHost) {
    const client = host
      .switchToWs()
      .getClient<{ send(text: string): void; emit(name: string, body: unknown): void }>();
    const body = { ours: false, code: error.code };
    if ('readyState' in client) client.send(JSON.stringify({ event: 'exception', data: body }));
    else client.emit('exception', body);
  }
}

@Injectable()
@WebSocketGateway()
class RulesGateway {
  @UseFilters(HostFilter)
  @UseGuards(JwtAuthGuard)
  @SubscribeMessage('own-filter')
  ownFilter() {
    return { event: 'reached', data: '' };
  }

  @Public()
  @UseGuards(JwtAuthGuard, RolesGuard)
  @SubscribeMessage('public')
  public(@MessageBody() data: unknown, @CurrentUser('id') id?: string) {
    return { event: 'public', data: { data, user: id ?? null } };
  }

  @StepUp({ maxAge: '5m' })
  @UseGuards(JwtAuthGuard)
  @SubscribeMessage('recent')
  recent() {
    return { event: 'reached', data: '' };
  }

  @StepUp({ acr: 'mfa' })
  @UseGuards(JwtAuthGuard)
  @SubscribeMessage('second factor')
  secondFactor() {
    return { event: 'reached', data: '' };
  }

  @SubscribeMessage('throws')
  throws() {
    throw new AuthError('No.', 418, 'TEAPOT', { details: [{ field: 'cup', message: 'is empty' }] });
  }
}

@UseGuards(JwtAuthGuard)
@WebSocketGateway(OWN_PORT)
class OwnPortGateway implements OnGatewayConnection {
  handleConnection(client: object, request: AuthRequest) {
    rememberHandshake(client, request);
  }

  @SubscribeMessage('whoami')
  whoami(@CurrentUser('id') id: string) {
    return { event: 'you', data: id };
  }
}

const clock = { offset: 0 };

@Module({
  imports: [
    AuthModule.forRoot(inMemoryAuth({ clock: () => Date.now() + clock.offset })),
    EchoModule,
    NewsModule,
  ],
  providers: [RulesGateway],
})
class HostModule {}

@Module({ imports: [AuthModule.forRoot(inMemoryAuth())], providers: [OwnPortGateway] })
class OwnPortModule {}

interface Connected {
  ask(event: string, data?: unknown): Promise<unknown>;
  closed: Promise<unknown>;
  end(): void;
}
interface Opening {
  headers?: Record<string, string>;
  auth?: Record<string, unknown>;
}

function openWs(url: string, { headers = {} }: Opening): Promise<Connected> {
  const socket = new WebSocket(url.replace('http', 'ws'), { headers });
  const closed = new Promise((resolve) => socket.once('close', (code: number) => resolve(code)));
  const ask = (event: string, data: unknown = {}) => {
    socket.send(JSON.stringify({ event, data }));
    return new Promise((resolve) =>
      socket.once('message', (text: Buffer) => resolve(JSON.parse(text.toString()))),
    );
  };
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve({ ask, closed, end: () => socket.close() }));
    socket.once('error', reject);
  });
}

function openIo(url: string, { headers, auth }: Opening): Promise<Connected> {
  const socket = io(url, { extraHeaders: headers, auth, forceNew: true, reconnection: false });
  const closed = new Promise((resolve) => socket.once('disconnect', resolve));
  const ask = (event: string, data: unknown = {}) => {
    const answer = new Promise((resolve) =>
      socket.onAny((name: string, body: unknown) => {
        socket.offAny();
        resolve({ event: name, data: body });
      }),
    );
    socket.emit(event, data);
    return answer;
  };
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve({ ask, closed, end: () => void socket.disconnect() }));
    socket.once('connect_error', reject);
  });
}

async function start(
  module: object,
  Adapter: typeof WsAdapter | typeof IoAdapter,
): Promise<INestApplication> {
  const app = await NestFactory.create<INestApplication>(module as never, new FastifyAdapter(), {
    logger: false,
    abortOnError: false,
  });
  app.useWebSocketAdapter(new Adapter(app));
  await app.listen(0, '127.0.0.1');
  return app;
}

const refused = (statusCode: number, error: string) => ({
  event: 'exception',
  data: { statusCode, error, message: expect.any(String) },
});
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe.each([
  ['ws', WsAdapter, openWs],
  ['socket.io', IoAdapter, openIo],
] as const)('a gateway on %s', (name, Adapter, openSocket) => {
  let app: INestApplication;
  let url: string;
  let tokens: TokensService;
  const opened: Connected[] = [];
  const open = async (opening: Opening = {}) => {
    const socket = await openSocket(url, opening);
    opened.push(socket);
    return socket;
  };
  const issue = async (subject = ada) => (await tokens.issue(subject)).accessToken;

  beforeAll(async () => {
    app = await start(HostModule, Adapter);
    url = await app.getUrl();
    tokens = app.get(TokensService);
  });
  afterAll(() => app.close());
  afterEach(async () => {
    clock.offset = 0;
    for (const socket of opened.splice(0)) {
      socket.end();
      await socket.closed;
    }
  });

  it('finds the token in the Authorization header of the request that opened the socket', async () => {
    const socket = await open({ headers: bearer(await issue()) });
    expect(await socket.ask('whoami')).toEqual({ event: 'you', data: 'ada' });
    expect(await socket.ask('whoami', 'a text')).toEqual({ event: 'you', data: 'ada' });
  });

  it('refuses messages without a token, or with an invalid, expired or revoked one', async () => {
    expect(await (await open()).ask('whoami')).toEqual(refused(401, 'TOKEN_MISSING'));
    const invalid = await open({ headers: bearer('x.y.z') });
    expect(await invalid.ask('whoami')).toEqual(refused(401, 'INVALID_TOKEN'));
    const session = await tokens.startSession(ada);
    const socket = await open({ headers: bearer(session.tokens.accessToken) });
    expect(await socket.ask('whoami')).toEqual({ event: 'you', data: 'ada' });
    clock.offset = 3_600_000;
    expect(await socket.ask('whoami')).toEqual(refused(401, 'TOKEN_EXPIRED'));
    clock.offset = 0;
    await tokens.revokeSession(session.sessionId);
    expect(await socket.ask('whoami')).toEqual(refused(401, 'TOKEN_REVOKED'));
  });

  it('believes a cookie only of a page that is not foreign', async () => {
    const cookie = `access=${await issue()}`;
    const own = await open({ headers: { cookie, origin: url } });
    expect(await own.ask('whoami')).toEqual({ event: 'you', data: 'ada' });
    const foreign = await open({ headers: { cookie, origin: 'https://evil.example' } });
    expect(await foreign.ask('whoami')).toEqual(refused(403, 'CSRF_REJECTED'));
    expect(await foreign.ask('greet')).toEqual(refused(403, 'CSRF_REJECTED'));
  });

  it('enforces roles, and makes the token optional where the handler says so', async () => {
    const socket = await open({ headers: bearer(await issue({ ...ada, roles: [] })) });
    expect(await socket.ask('secret')).toEqual(refused(403, 'FORBIDDEN'));
    expect(await socket.ask('greet')).toEqual({ event: 'greeting', data: 'Hello, ada' });
    expect(await (await open()).ask('greet')).toEqual({ event: 'greeting', data: 'Hello' });
    const invalid = await open({ headers: bearer('x.y.z') });
    expect(await invalid.ask('greet')).toEqual(refused(401, 'INVALID_TOKEN'));
  });

  it('asks for the authentication that `@StepUp` says, and is satisfied by it', async () => {
    const needed = (acr: string) => ({
      event: 'exception',
      data: {
        ...refused(401, 'STEP_UP_REQUIRED').data,
        details: [
          { field: 'acr_values', message: acr },
          { field: 'max_age', message: '300' },
        ],
      },
    });
    const reached = { event: 'reached', data: '' };
    const sessionOf = async (acr: 'pwd' | 'mfa', amr: string[]) => {
      const session = await tokens.startSession(ada, {}, undefined, { acr, amr });
      return open({ headers: bearer(session.tokens.accessToken) });
    };
    const [weak, strong] = [await sessionOf('pwd', ['pwd']), await sessionOf('mfa', ['pwd', 'otp', 'mfa'])];
    expect(await weak.ask('recent')).toEqual(reached);
    expect(await weak.ask('second factor')).toEqual(needed('mfa'));
    expect(await strong.ask('second factor')).toEqual(reached);
    clock.offset = 400_000;
    expect(await weak.ask('recent')).toEqual(needed('pwd'));
    expect(await strong.ask('second factor')).toEqual(needed('mfa'));
  });

  it('does not show a public handler the user of another one', async () => {
    const socket = await open({ headers: bearer(await issue()) });
    await socket.ask('whoami');
    expect(await socket.ask('public', 'text')).toEqual({
      event: 'public',
      data: { data: 'text', user: null },
    });
  });

  it('answers an AuthError of a handler with its code, and leaves it to a filter of the host', async () => {
    const socket = await open();
    expect(await socket.ask('throws')).toEqual({
      event: 'exception',
      data: {
        statusCode: 418,
        error: 'TEAPOT',
        message: 'No.',
        details: [{ field: 'cup', message: 'is empty' }],
      },
    });
    expect(await socket.ask('own-filter')).toEqual({
      event: 'exception',
      data: { ours: false, code: 'TOKEN_MISSING' },
    });
  });

  if (name === 'ws')
    it('is closed when its session ends, and then forgotten', async () => {
      const session = await tokens.startSession(ada);
      const other = await tokens.startSession(ada);
      const socket = await open({ headers: bearer(session.tokens.accessToken) });
      const stays = await open({ headers: bearer(other.tokens.accessToken) });
      await socket.ask('follow');
      await stays.ask('follow');
      await tokens.revoke(session.tokens.refreshToken);
      expect(await socket.closed).toBe(4401);
      expect(await stays.ask('whoami')).toEqual({ event: 'you', data: 'ada' });
      expect(app.get(SessionEndings).size).toBe(1);
      stays.end();
      await until(() => app.get(SessionEndings).size === 0);
    });
  else
    it('takes the token from `auth` of the handshake, which wins over the headers', async () => {
      const token = await issue();
      const both = await open({ auth: { token }, headers: bearer('x.y.z') });
      expect(await both.ask('whoami')).toEqual({ event: 'you', data: 'ada' });
      const withScheme = await open({ auth: { token: `Bearer ${token}` } });
      expect(await withScheme.ask('whoami')).toEqual({ event: 'you', data: 'ada' });
      const bad = await open({ auth: { token: { not: 'text' } }, headers: bearer(token) });
      expect(await bad.ask('whoami')).toEqual(refused(401, 'INVALID_TOKEN'));
      for (const absent of ['', null, undefined])
        expect(await (await open({ auth: { token: absent } })).ask('whoami')).toEqual(
          refused(401, 'TOKEN_MISSING'),
        );
    });

  it('an event stream ends with its session', async () => {
    const session = await tokens.startSession(ada);
    const headers = bearer(session.tokens.accessToken);
    const stream = await fetch(`${url}/news`, { headers });
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    await tokens.revoke(session.tokens.refreshToken);
    await stream.text();
    expect((await fetch(`${url}/news`, { headers })).status).toBe(401);
    expect(app.get(SessionEndings).size).toBe(0);
  });
});

it('a gateway on its own port is told which request opened the socket', async () => {
  const app = await start(OwnPortModule, WsAdapter);
  const { accessToken } = await app.get(TokensService).issue(ada);
  const socket = await openWs(`http://127.0.0.1:${OWN_PORT}`, { headers: bearer(accessToken) });
  expect(await socket.ask('whoami')).toEqual({ event: 'you', data: 'ada' });
  socket.end();
  await socket.closed;
  await app.close();
});
