/** A password hash that another system made. */
export interface ForeignHash {
  /** Whether this is the password of the hash. Compares in constant time. */
  verify(password: string): Promise<boolean>;
  /** Whether what computes this hash is installed. Default: it needs nothing but Node. */
  isComputable?(): boolean;
}

/**
 * Reads the hashes of one format. Returns `null` for any other text, including a hash of this format whose parameters
 * are malformed or would take more than about a second or 256 MiB: whoever can write a hash must not be able to stop
 * the service with it.
 */
export type ForeignFormat = (hash: string) => ForeignHash | null;
