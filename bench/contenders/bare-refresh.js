// The minimum a refresh can be, on bare Fastify.
import fastify from 'fastify';
import { options, ready } from '../lib/contender.js';
import { minimalRefresh } from '../lib/minimal-refresh.js';

const { refresh, refreshTokens } = await minimalRefresh(options);
const app = fastify();
app.post('/refresh', async (request, reply) => {
  const tokens = await refresh(request.body.refreshToken);
  return tokens ?? reply.code(401).send({ error: 'INVALID_REFRESH_TOKEN' });
});
ready({ url: await app.listen({ host: '127.0.0.1', port: 0 }) }, { refreshTokens });
