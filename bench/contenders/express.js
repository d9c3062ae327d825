// Plain Express with jsonwebtoken, called by hand or through express-jwt; the secret is a string, as in their
// documentation.
import express from 'express';
import { expressjwt } from 'express-jwt';
import jsonwebtoken from 'jsonwebtoken';
import { sameClaims } from '../lib/claims.js';
import { options, ready } from '../lib/contender.js';
import { ACCESS_SECRET } from '../lib/keys.js';

const byHand = (request, response, next) => {
  const [, token] = request.headers.authorization?.split(' ') ?? [];
  jsonwebtoken.verify(token, ACCESS_SECRET, { algorithms: ['HS256'] }, (error, user) => {
    if (error) return response.sendStatus(401);
    request.user = user;
    next();
  });
};
const guard =
  options.library === 'express-jwt' ? expressjwt({ secret: ACCESS_SECRET, algorithms: ['HS256'] }) : byHand;

const app = express();
app.get('/guarded', guard, (_request, response) => response.json({ ok: true }));
const server = app.listen(0, '127.0.0.1', () => {
  const accessTokens = Array.from({ length: 32 }, () =>
    jsonwebtoken.sign(sameClaims(), ACCESS_SECRET, { expiresIn: '1h' }),
  );
  ready({ url: `http://127.0.0.1:${server.address().port}`, accessTokens });
});
