/** A UUID as PostgreSQL writes it. It reads other spellings too, but ids are compared as text, so only one is valid. */
const UUID = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/;

export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}
