import { X509Certificate } from 'node:crypto';
import type { RedisAddress } from '../redis/redis-connection.js';
import { toList } from './option-checker.js';
import { group, optional, type Rule, type Rules, url } from './rules.js';

/** @inline */
export interface RedisOptions {
  /** The address of one server: `redis://…` or, with TLS, `rediss://…`. Sentinel and Cluster are not supported. */
  url: string;
  /**
   * The certificate authorities to trust in place of the usual ones, for `rediss://`: one or several PEM texts with
   * one or several certificates each.
   */
  tlsCa?: string | string[];
}

const SERVER = url(['redis:', 'rediss:']);
const SEVERAL = /^redis[\w+-]*(?:sentinel|cluster)[\w+-]*:|^rediss?:\/\/[^/?#]*,/i;

const server: Rule<string, string> = (check, option, given) => {
  if (typeof given !== 'string' || !SEVERAL.test(given)) return SERVER(check, option, given);
  check.fail(
    option,
    'must be the address of one server: Sentinel and Cluster are not supported. Use an address that leads to the primary, such as that of a proxy or of a managed Redis. Without Redis everything works, too',
  );
  return given;
};

/** Certificates in PEM. */
export const authorities: Rule<string | string[], string[]> = (check, option, given) => {
  const texts = toList(given);
  if (![given ?? []].flat().every(isCertificate)) check.fail(option, 'must be certificates in PEM');
  return texts;
};

function isCertificate(text: unknown): boolean {
  try {
    return typeof text === 'string' && new X509Certificate(text).subject !== undefined;
  } catch {
    return false;
  }
}

const RULES = { url: server, tlsCa: authorities } satisfies Rules<RedisOptions>;

export const redis = optional(
  group(RULES, (resolved, check, option): RedisAddress => {
    if (resolved.tlsCa.length > 0 && !/^rediss:/i.test(resolved.url))
      check.fail(`${option}.tlsCa`, `requires ${option}.url to begin with rediss://`);
    return resolved;
  }),
);
