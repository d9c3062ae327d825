export interface Answer {
  status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- its shape is what the tests are about
  body: any;
  headers: Headers;
  /** Cookies that the answer sets, by name; attributes in lower case. */
  cookies: Record<string, { value: string; attributes: string[] }>;
}

export interface Call {
  method?: string;
  body?: unknown;
  /** Sent unchanged, with the JSON content type. */
  raw?: string | Uint8Array;
  token?: string;
  cookie?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** A client of one service that does what a user of `curl` would do. */
export class Client {
  constructor(readonly url: string) {}

  async call(
    path: string,
    { method, body, raw, token, cookie, signal, headers = {} }: Call = {},
  ): Promise<Answer> {
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(new URL(path, this.url), {
      method: method ?? (payload === undefined ? 'GET' : 'POST'),
      body: payload as BodyInit | undefined,
      headers: {
        ...(payload !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(cookie !== undefined && { cookie }),
        ...headers,
      },
      redirect: 'manual',
      signal,
    });
    const text = await response.text();
    return {
      status: response.status,
      body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text,
      headers: response.headers,
      cookies: cookiesOf(response.headers),
    };
  }

  get(path: string, call: Call = {}): Promise<Answer> {
    return this.call(path, { ...call, method: 'GET' });
  }

  post(path: string, body?: unknown, call: Call = {}): Promise<Answer> {
    return this.call(path, { ...call, body, method: 'POST' });
  }
}

function cookiesOf(headers: Headers): Answer['cookies'] {
  return Object.fromEntries(
    headers.getSetCookie().map((line) => {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      const [name = '', value = ''] = pair.split('=');
      return [name, { value, attributes: attributes.map((attribute) => attribute.toLowerCase()) }];
    }),
  );
}

/** The `Cookie` header that a browser would send after this answer. */
export function cookieHeader(answer: Answer): string {
  return Object.entries(answer.cookies)
    .map(([name, { value }]) => `${name}=${value}`)
    .join('; ');
}

export const PASSWORD = 'a long sentence of mine';

let count = 0;

/** An address that nothing else in this test file uses. */
export function newEmail(): string {
  return `user${++count}@example.com`;
}
