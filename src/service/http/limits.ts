/** What a client may send, and how long it may take (ASVS 13.1.3). */
export interface HttpLimits {
  bodyBytes: number;
  /** Request line and headers together. */
  headerBytes: number;
  headerCount: number;
  /** How deep a JSON body may nest, and how many members and elements it may have. */
  jsonDepth: number;
  jsonMembers: number;
  /** From the opening of the connection, or the first byte of a later request, to the end of the headers. */
  headersTimeoutMs: number;
  /** The same to the end of the body. */
  requestTimeoutMs: number;
  /** How long a connection may idle between requests: longer than a load balancer keeps it (often 60 s). */
  keepAliveMs: number;
  /** How often clients that are too slow are looked for. */
  checkEveryMs: number;
}

export const HTTP_LIMITS: HttpLimits = {
  bodyBytes: 16 * 1024,
  headerBytes: 8 * 1024,
  headerCount: 100,
  jsonDepth: 20,
  jsonMembers: 200,
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 10_000,
  keepAliveMs: 65_000,
  checkEveryMs: 500,
};
