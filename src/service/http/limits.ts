/** Limits on what a client may send and how long it may take (ASVS 13.1.3). */
export interface HttpLimits {
  bodyBytes: number;
  /** The size of the request line and headers together. */
  headerBytes: number;
  headerCount: number;
  /** The depth of a JSON body, and its total number of members and elements. */
  jsonDepth: number;
  jsonMembers: number;
  /** From the start of the connection, or the first byte of a later request, until the headers are complete. */
  headersTimeoutMs: number;
  /** The same until the body is complete. */
  requestTimeoutMs: number;
  /**
   * How long a connection may stay idle between requests. Longer than the idle timeout of load balancers (often 60 s).
   */
  keepAliveMs: number;
  /** How often to check for clients that are too slow. */
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
