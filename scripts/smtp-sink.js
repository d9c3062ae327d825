// `node scripts/smtp-sink.js`: a mail server on loopback that accepts every mail and keeps none, for measurements. Sends its
// port to the process that forked it, and answers each message with the number of mails so far.
import { createServer } from 'node:net';

let taken = 0;

const server = createServer((socket) => {
  let buffer = '';
  let isContent = false;
  const say = (text) => socket.write(`${text}\r\n`);
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  socket.setEncoding('latin1').on('data', (chunk) => {
    buffer += chunk;
    for (;;) {
      const mark = isContent ? '\r\n.\r\n' : '\r\n';
      const end = buffer.indexOf(mark);
      if (end < 0) return;
      const line = buffer.slice(0, end);
      buffer = buffer.slice(end + mark.length);
      if (isContent) taken++;
      const isNext = !isContent && /^DATA/i.test(line);
      say(isNext ? '354 go on' : /^EHLO/i.test(line) ? '250-sink\r\n250 8BITMIME' : '250 ok');
      isContent = isNext;
    }
  });
  say('220 sink');
});

server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('message', () => process.send({ taken }));
process.on('disconnect', () => process.exit());
