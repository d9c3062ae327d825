import { OAuthError } from '../../errors/oauth-error.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import { oauthForm } from './oauth-form.js';

/** What a resource server authenticates with. Not checked yet. */
export interface ClientCredentials {
  id: string;
  secret: string;
}

/** The ways in which a client may authenticate, as the metadata names them (RFC 8414 §2). */
export const CLIENT_AUTH_METHODS: readonly string[] = ['client_secret_basic', 'client_secret_post'];

/**
 * Returns the credentials of a request: from HTTP Basic (RFC 6749 §2.3.1, RFC 7617) or from the form.
 * @returns `null` when there are none, or none that can be read
 * @throws OAuthError 400 when the request uses more than one way to authenticate (§2.3)
 */
export function clientCredentials(request: AuthRequest): ClientCredentials | null {
  const form = oauthForm(request);
  const authorization = request.headers.authorization || undefined;
  const [id, secret] = [form.get('client_id'), form.get('client_secret')];
  const ways = [authorization, secret, form.get('client_assertion')].filter((way) => way !== undefined);
  if (ways.length > 1) throw new OAuthError(400, 'Authenticate in one way, not in several.');
  if (authorization === undefined) return id && secret ? { id, secret } : null;

  const given = basicCredentials(authorization);
  if (given && id !== undefined && id !== given.id)
    throw new OAuthError(400, 'client_id is not the client that authenticates.');
  return given;
}

/** RFC 6749 §2.3.1: both parts are form-encoded before they are joined. */
function basicCredentials(header: string): ClientCredentials | null {
  const [, encoded] = /^basic +([\w+/=-]+)$/i.exec(header) ?? [];
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? '', 'base64').toString('utf8')) ?? [];
  if (!id || !secret) return null;
  try {
    return { id: decodeURIComponent(id), secret: decodeURIComponent(secret) };
  } catch {
    return null;
  }
}
