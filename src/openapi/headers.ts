import { type ApiSchema, TEXT } from './schema.js';

/** A header of an answer. */
export interface ApiHeader {
  readonly description: string;
  readonly schema: ApiSchema;
}

/** The headers of an answer, by name. */
export type ApiHeaders = Readonly<Record<string, ApiHeader>>;

/** Where tokens are delivered in cookies. */
export const SETS_COOKIES: ApiHeaders = {
  'Set-Cookie': {
    description: 'In cookie transport: the access token and the refresh token, each in an HttpOnly cookie.',
    schema: TEXT,
  },
};

/** Where a session ends that a browser may hold. */
export const CLEARS_COOKIES: ApiHeaders = {
  'Set-Cookie': { description: 'Removes both cookies.', schema: TEXT },
  'Clear-Site-Data': {
    description: 'Has a browser forget what else it keeps of this origin, if the token came in a cookie.',
    schema: TEXT,
  },
};

/** Where an answer may be kept for a while. */
export const CACHEABLE: ApiHeaders = {
  'Cache-Control': { description: 'For how long the answer may be kept.', schema: TEXT },
  ETag: { description: 'Send it as `If-None-Match` next time.', schema: TEXT },
};
