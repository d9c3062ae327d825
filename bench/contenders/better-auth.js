// better-auth on PostgreSQL: `get-session` reads the database or, with its cookie cache, a signed cookie.
import { createServer } from 'node:http';
import { toNodeHandler } from 'better-auth/node';
import { betterAuthOn, cookiesOfUsers } from '../lib/better-auth.js';
import { options, ready } from '../lib/contender.js';

const { databaseUrl, cookieCache } = options;

const server = createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${server.address().port}`;
const handler = toNodeHandler(await betterAuthOn(databaseUrl, { url, cookieCache }));
server.on('request', (request, response) => void handler(request, response));
ready({ url, cookies: await cookiesOfUsers(url) });
