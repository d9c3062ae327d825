import type { FastifyReply, FastifyRequest } from 'fastify';

const PUBLIC =
  /^\/\.well-known\/(jwks\.json|oauth-authorization-server|openid-configuration|oauth-protected-resource)(?![^/?])/;

const HEADERS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Methods': 'GET, HEAD',
  'Access-Control-Allow-Headers': '*',
  'Access-Control-Max-Age': '600',
};

/**
 * Answers the CORS preflight of a document that pages of every origin may read: keys and metadata. It comes before the
 * service's own CORS, which names the origins that may use the other routes.
 * @returns whether it was one, so that nothing is left to do
 */
export function answersPublicPreflight(
  { method, url, headers }: FastifyRequest,
  reply: FastifyReply,
): boolean {
  if (method !== 'OPTIONS' || !headers['access-control-request-method'] || !PUBLIC.test(url)) return false;
  void reply.code(204).headers(HEADERS).send();
  return true;
}
