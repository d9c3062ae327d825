// Runs the middleware without Next.js, to try it: turns Node's request into a Web request, and sends the middleware's answer.
import { createServer } from 'node:http';
import { middleware } from './middleware.js';

const { HOST = '127.0.0.1', PORT = 4000 } = process.env;

const server = createServer(async ({ url, method, headers }, response) => {
  const answer =
    (await middleware(new Request(new URL(url, `http://${headers.host}`), { method, headers }))) ??
    Response.json({ reached: 'the page' });
  response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
});

server.listen(PORT, HOST, () => console.log(`listens on http://${HOST}:${server.address().port}`));
