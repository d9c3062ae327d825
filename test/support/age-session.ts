import type { Host } from './host-app.js';

/** As if the session had begun, and its user had last authenticated, so many minutes earlier. */
export async function ageSession({ database }: Host, sid: string, minutes: number): Promise<void> {
  await database.query(
    `UPDATE refresh_tokens SET created_at = created_at - make_interval(mins => $2),
       auth_time = auth_time - make_interval(mins => $2) WHERE id = $1`,
    [sid, minutes],
  );
}

export const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());
