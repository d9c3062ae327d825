import { type ApiSchema, TEXT } from './schema.js';

/** A response header. */
export interface ApiHeader {
  readonly description: string;
  readonly schema: ApiSchema;
}

/** Response headers by name. */
export type ApiHeaders = Readonly<Record<string, ApiHeader>>;

/** For responses that deliver tokens in cookies. */
export const SETS_COOKIES: ApiHeaders = {
  'Set-Cookie': {
    description: 'With cookie transport: the access token and the refresh token, each in an HttpOnly cookie.',
    schema: TEXT,
  },
};

/** For logins and registrations. */
export const SIGNS_IN: ApiHeaders = {
  'Set-Cookie': {
    description:
      'With cookie transport: the access token, the refresh token and the proof that this device has signed in, each in an HttpOnly cookie.',
    schema: TEXT,
  },
  'X-Device-Proof': {
    description:
      'Without cookie transport: send it as `deviceProof` with the next login, so that the failures of strangers do not make this device wait.',
    schema: TEXT,
  },
};

/** For responses that renew the proof of a device. */
export const SETS_DEVICE: ApiHeaders = {
  'Set-Cookie': {
    description: 'If the access token was in its cookie: a new proof that this device has signed in.',
    schema: TEXT,
  },
};

/** For responses that end a session whose tokens may be in a browser. */
export const CLEARS_COOKIES: ApiHeaders = {
  'Set-Cookie': { description: 'Removes both cookies.', schema: TEXT },
  'Clear-Site-Data': {
    description:
      'Makes the browser delete what else it stores for this origin, if the token was in a cookie.',
    schema: TEXT,
  },
};

/** For responses that must not be stored (RFC 6749 §5.1). */
export const NOT_CACHED: ApiHeaders = {
  'Cache-Control': { description: 'Always `no-store`.', schema: TEXT },
  Pragma: { description: 'Always `no-cache`.', schema: TEXT },
};

/** For responses that may be cached for a while. */
export const CACHEABLE: ApiHeaders = {
  'Cache-Control': { description: 'How long the response may be cached.', schema: TEXT },
  ETag: { description: 'Send it as `If-None-Match` in the next request.', schema: TEXT },
  'Access-Control-Allow-Origin': { description: 'Always `*`.', schema: TEXT },
};
