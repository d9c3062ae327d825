import { OAuthError } from '../../errors/oauth-error.js';
import type { AuthRequest } from '../../transports/auth-request.js';

const FORM_TYPE = /^application\/x-www-form-urlencoded\s*(;|$)/i;

/**
 * Returns the parameters of a form-encoded request, without those that have no value (RFC 6749 §3.1). Reads what the
 * host's parser made of the body, because a host's global pipes could change an argument of the handler.
 * @throws OAuthError 415 for another media type, 400 when a parameter is repeated
 */
export function oauthForm({ headers, body }: AuthRequest): ReadonlyMap<string, string> {
  const type = headers['content-type'];
  if (type !== undefined && !FORM_TYPE.test(type))
    throw new OAuthError(415, 'Send the parameters as application/x-www-form-urlencoded.');
  const form = new Map<string, string>();
  for (const [name, value] of Object.entries(body ?? {})) {
    // The parsers of hosts turn a repeated name, or one with brackets, into a list or an object.
    if (typeof value !== 'string') throw new OAuthError(400, 'Give each parameter once, as plain text.');
    if (value !== '') form.set(name, value);
  }
  return form;
}
