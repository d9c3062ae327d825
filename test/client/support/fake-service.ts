import { createLatchkeyClient, type LatchkeyClientOptions } from '../../../src/client/latchkey-client.js';

export const USER = {
  id: 'u1',
  email: 'ada@example.com',
  name: null,
  roles: [],
  permissions: [],
  createdAt: '2026-11-28T00:00:00.000Z',
};
export const CREDENTIALS = { email: USER.email, password: 'a long sentence of mine' };

type Answer = () => Response | Promise<Response>;

/** A service without leeway, as it is when the leeway is over: a refresh token that was replaced ends the session. */
export class FakeService {
  readonly baseUrl = `https://${crypto.randomUUID()}.example.com`;
  /** Answers to the next requests for a path, in place of the service's. */
  readonly instead: Record<string, Answer[]> = {};
  readonly seen: string[] = [];
  reused = false;
  expiresIn = 900;
  private current = 0;
  private readonly clients: { close(): void }[] = [];

  client(options: Partial<LatchkeyClientOptions> = {}) {
    const ended: string[] = [];
    const client = createLatchkeyClient({
      baseUrl: this.baseUrl,
      transport: 'body',
      onSignedOut: (code) => ended.push(code),
      fetch: (input, init) => this.answer(new Request(input, init)),
      ...options,
    });
    this.clients.push(client);
    return { client, ended };
  }

  end(): void {
    for (const client of this.clients) client.close();
  }

  private async answer(request: Request): Promise<Response> {
    const path = new URL(request.url).pathname;
    this.seen.push(path);
    request.signal.throwIfAborted();
    const other = this.instead[path]?.shift();
    if (other) return other();
    if (path === '/auth/login' || path === '/auth/register') return Response.json(this.session());
    if (path === '/auth/refresh') return this.refresh((await request.json()) as { refreshToken: string });
    if (path === '/auth/logout' || path === '/auth/logout-all') return new Response(null, { status: 204 });
    const good = request.headers.get('authorization') === `Bearer access ${this.current}`;
    if (!good) return Response.json({ error: 'TOKEN_EXPIRED' }, { status: 401 });
    return Response.json(path === '/auth/me' ? { user: USER } : {});
  }

  private refresh({ refreshToken }: { refreshToken: string }): Response {
    if (refreshToken !== `refresh ${this.current}`) {
      this.reused = true;
      return Response.json({ error: 'REFRESH_TOKEN_REUSED' }, { status: 401 });
    }
    return Response.json(this.session());
  }

  session() {
    this.current += 1;
    return {
      accessToken: `access ${this.current}`,
      refreshToken: `refresh ${this.current}`,
      expiresIn: this.expiresIn,
      user: USER,
    };
  }
}
