// Apart from the sources, because the usage needs only the names.

export const SOURCE_NAMES = [
  'latchkey',
  'auth0',
  'clerk',
  'firebase',
  'keycloak',
  'supabase',
  'better-auth',
] as const;

/** The systems whose users can be imported. `latchkey` stands for the names of Latchkey's own fields. */
export type SourceName = (typeof SOURCE_NAMES)[number];
