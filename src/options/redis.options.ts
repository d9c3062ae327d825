import { group, optional, type Rules, url } from './rules.js';

/** @inline */
export interface RedisOptions {
  /** The address of the server: `redis://…` or, with TLS, `rediss://…`. */
  url: string;
}

const RULES = { url: url(['redis:', 'rediss:']) } satisfies Rules<RedisOptions>;

export const redis = optional(group(RULES));
