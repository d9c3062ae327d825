// The minimum a refresh can be: bare Fastify and pg, one statement (Latchkey's) or the usual three, two signatures.
import { createSecretKey, randomUUID } from 'node:crypto';
import fastify from 'fastify';
import jsonwebtoken from 'jsonwebtoken';
import { Pool } from 'pg';
import { options, ready } from '../lib/contender.js';
import { ACCESS_SECRET, keyPair, REFRESH_SECRET } from '../lib/keys.js';
import { advance, advanceInThreeStatements, CREATE_TABLES, createSession } from '../lib/rotation.js';

const { algorithm, way, databaseUrl } = options;
const refreshKey = createSecretKey(Buffer.from(REFRESH_SECRET));
const accessKey =
  algorithm === 'HS256' ? createSecretKey(Buffer.from(ACCESS_SECRET)) : keyPair(algorithm).privateKey;
const pool = new Pool({ connectionString: databaseUrl, max: 20 });
for (const statement of CREATE_TABLES) await pool.query(statement);

const refreshToken = (sid, jti) =>
  jsonwebtoken.sign({ sub: 'ada', sid, jti, type: 'refresh' }, refreshKey, { expiresIn: '7d' });
const accessToken = (sid) =>
  jsonwebtoken.sign({ sub: 'ada', sid, jti: randomUUID(), roles: ['reader'], permissions: [] }, accessKey, {
    algorithm,
    expiresIn: '15m',
  });
const rotate = way === 'three statements' ? advanceInThreeStatements : advance;

const app = fastify();
app.post('/refresh', async (request, reply) => {
  const { sid, jti } = jsonwebtoken.verify(request.body.refreshToken, refreshKey, { algorithms: ['HS256'] });
  const next = randomUUID();
  if (!(await rotate(pool, { sid, jti, next })))
    return reply.code(401).send({ error: 'INVALID_REFRESH_TOKEN' });
  return { accessToken: accessToken(sid), refreshToken: refreshToken(sid, next), tokenType: 'Bearer' };
});
const url = await app.listen({ host: '127.0.0.1', port: 0 });
ready(
  { url },
  {
    refreshTokens: (count) =>
      Promise.all(
        Array.from({ length: count }, async () => {
          const session = { sid: randomUUID(), jti: randomUUID() };
          await createSession(pool, session);
          return refreshToken(session.sid, session.jti);
        }),
      ),
  },
);
