import { request } from 'node:http';

export interface RawAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  setCookies: string[];
  // oxlint-disable-next-line typescript/no-explicit-any -- its shape is what the tests are about
  body: any;
}

/** One request with exactly these headers, besides `Host` and the length: `fetch` would add some and refuse others. */
export function exactHttp(
  url: string,
  {
    method = 'POST',
    headers = {},
    body,
  }: { method?: string; headers?: Record<string, string>; body?: string | Buffer },
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      method,
      headers: { ...headers, ...(body && { 'content-length': String(Buffer.byteLength(body)) }) },
    });
    sent.once('error', reject).once('response', (response) => {
      const chunks: Buffer[] = [];
      response
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .once('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({
            status: response.statusCode!,
            headers: response.headers,
            setCookies: response.headers['set-cookie'] ?? [],
            body: text.startsWith('{') ? JSON.parse(text) : text,
          });
        });
    });
    sent.end(body);
  });
}
