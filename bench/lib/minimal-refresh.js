// The minimum a refresh can be: one statement (Latchkey's) or the usual three, and two signatures.
import { createSecretKey, randomUUID } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';
import { Pool } from 'pg';
import { ACCESS_SECRET, keyPair, REFRESH_SECRET } from './keys.js';
import { advance, advanceInThreeStatements, CREATE_TABLES, createSession } from './rotation.js';

/** Resolves with `refresh(refreshToken)`, which returns the new tokens, or nothing if the token is not the current one. */
export async function minimalRefresh({ algorithm, way, databaseUrl }) {
  const refreshKey = createSecretKey(Buffer.from(REFRESH_SECRET));
  const accessKey =
    algorithm === 'HS256' ? createSecretKey(Buffer.from(ACCESS_SECRET)) : keyPair(algorithm).privateKey;
  const pool = new Pool({ connectionString: databaseUrl, max: 20 });
  for (const statement of CREATE_TABLES) await pool.query(statement);
  const rotate = way === 'three statements' ? advanceInThreeStatements : advance;

  const refreshToken = (sid, jti) =>
    jsonwebtoken.sign({ sub: 'ada', sid, jti, type: 'refresh' }, refreshKey, { expiresIn: '7d' });
  const accessToken = (sid) =>
    jsonwebtoken.sign({ sub: 'ada', sid, jti: randomUUID(), roles: ['reader'], permissions: [] }, accessKey, {
      algorithm,
      expiresIn: '15m',
    });
  return {
    async refresh(presented) {
      const { sid, jti } = jsonwebtoken.verify(presented, refreshKey, { algorithms: ['HS256'] });
      const next = randomUUID();
      if (!(await rotate(pool, { sid, jti, next }))) return undefined;
      return { accessToken: accessToken(sid), refreshToken: refreshToken(sid, next), tokenType: 'Bearer' };
    },
    refreshTokens: (count) =>
      Promise.all(
        Array.from({ length: count }, async () => {
          const session = { sid: randomUUID(), jti: randomUUID() };
          await createSession(pool, session);
          return refreshToken(session.sid, session.jti);
        }),
      ),
  };
}
