import { assert, asyncProperty, constantFrom, stringMatching, tuple } from 'fast-check';
import { MailRefusedError, MailServerAwayError } from '../../../src/mail/mail-transport.js';
import { SmtpTransport } from '../../../src/mail/smtp-transport.js';
import { readSmtpUrl } from '../../../src/mail/smtp-url.js';
import { canonicalEmail } from '../../../src/users/email.js';
import { type Certificate, selfSigned } from '../../support/certificates.js';
import { SmtpServer } from '../../support/smtp-server.js';

const certificate = await selfSigned({ ip: ['127.0.0.2'], dns: ['localhost'] });
const forAnotherName = await selfSigned({ dns: ['other.example.com'] });
const MAIL = {
  to: 'ada@example.com',
  subject: 'Grüße',
  text: 'Guten Tag,\n\n.\n\nhttps://auth.example.com/account/reset#t=lk_abc\n',
  html: '<p>Guten Tag, ä</p>',
  headers: { 'Auto-Submitted': 'auto-generated' },
  messageId: '<1@auth.example.com>',
  template: 'reset-password',
};

let server: SmtpServer;
let transport: SmtpTransport;
afterEach(async () => {
  await transport.close();
  await server.close();
});

async function open(url: (port: number) => string, offered?: Certificate, tlsCa?: string[]) {
  server = await SmtpServer.start(offered);
  transport = new SmtpTransport({
    server: () => readSmtpUrl(url(server.port)) as never,
    from: { name: 'Example', address: 'no-reply@example.com' },
    tlsCa,
    connections: 2,
    limits: { connect: 2_000, silence: 2_000 },
  });
}
const local = (port: number) => `smtp://127.0.0.1:${port}`;
const remote = (port: number) => `smtp://ada:pa%3Ass@127.0.0.2:${port}`;
const ours = [certificate.cert];

it('sends a mail to exactly one recipient, with text, HTML and headers as they are', async () => {
  await open(local);
  await transport.send(MAIL);
  const [mail] = server.mails;
  expect(mail).toMatchObject({ from: 'no-reply@example.com', to: [MAIL.to], messageId: MAIL.messageId });
  expect(mail!.raw).toMatch(/^From: Example <no-reply@example.com>\r$/m);
  expect(mail!.raw).toMatch(/^To: ada@example.com\r$/m);
  expect(mail!.raw).toMatch(/^Auto-Submitted: auto-generated\r$/m);
  expect(mail!.raw).toMatch(/multipart\/alternative/);
  expect(mail!.text).toContain('Guten Tag, ä');
  expect(mail!.text).toContain('https://auth.example.com/account/reset#t=lk_abc');
});

it('keeps its connections, and uses no more than it may', async () => {
  await open(local);
  await Promise.all(Array.from({ length: 20 }, (_, i) => transport.send({ ...MAIL, messageId: `<${i}@x>` })));
  expect([server.mails.length, server.connections]).toEqual([20, 2]);
});

it('encrypts and logs in to a server elsewhere, and sends nothing but greetings in clear', async () => {
  await open(remote, certificate, ours);
  await transport.verify();
  await transport.send(MAIL);
  expect(server.mails).toEqual([expect.objectContaining({ encrypted: true, user: 'ada' })]);
  expect(server.clear.join('\n')).not.toMatch(/AUTH|MAIL|RCPT|DATA|lk_/);
});

describe('A220: a mail is never sent in clear to a server elsewhere', () => {
  it.each([
    ['that offers no TLS', undefined, undefined],
    ['whose certificate nobody has signed', certificate, undefined],
    ['whose certificate is for another name', forAnotherName, 'own'],
  ])('%s', async (_, offered, trusted) => {
    await open(remote, offered, trusted && offered ? [offered.cert.toString()] : undefined);
    await expect(transport.send(MAIL)).rejects.toThrow(MailServerAwayError);
    await expect(transport.verify()).rejects.toThrow(MailServerAwayError);
    expect(server.mails).toEqual([]);
    expect(server.clear.join('\n')).not.toMatch(/AUTH|MAIL|RCPT|DATA|lk_/);
  });
});

describe('A220: a failure says whether trying again makes sense', () => {
  it.each([
    ['5xx for the recipient', { rcptTo: () => '550 5.1.1 no such user' }, MailRefusedError],
    ['5xx for the content', { content: () => '554 5.7.1 spam' }, MailRefusedError],
    ['5xx for the sender', { mailFrom: () => '550 5.7.1 not you' }, MailRefusedError],
    ['4xx for the recipient', { rcptTo: () => '450 4.2.1 later' }, Error],
    ['4xx for the content', { content: () => '451 4.3.0 later' }, Error],
    ['421 in between', { rcptTo: () => '421 4.3.2 closing' }, MailServerAwayError],
    ['4xx instead of a greeting', { greeting: () => '421 too busy' }, MailServerAwayError],
    ['5xx instead of a greeting', { greeting: () => '554 nobody may' }, MailServerAwayError],
    ['no greeting', { greeting: () => 'hang' }, MailServerAwayError],
    ['no answer to the content', { content: () => 'hang' }, MailServerAwayError],
    ['an end after the content', { content: () => 'drop' }, MailServerAwayError],
  ])('%s', async (_, behavior, kind) => {
    await open(local);
    server.behave = behavior;
    const error: Error = await transport.send(MAIL).then(
      () => Promise.reject(new Error('sent')),
      (e: Error) => e,
    );
    expect(error.constructor).toBe(kind);
    expect(error.message).toContain('the mail server');
    server.behave = {};
    await transport.send({ ...MAIL, messageId: '<2@x>' });
    expect(server.mails.at(-1)!.messageId).toBe('<2@x>');
  });

  it('a wrong password concerns all mails', async () => {
    await open((port) => `smtp://ada:wrong@127.0.0.1:${port}`);
    await expect(transport.send(MAIL)).rejects.toThrow(MailServerAwayError);
  });
});

describe('A219: exactly one recipient, whatever the address is', () => {
  it.each([
    'a@x.com, b@evil.com',
    'a@x.com; b@evil.com',
    'a@x.com b@evil.com',
    '"a@b x"@c.com',
    '"a@evil.com, b"@c.com',
    'a@x.com\r\nBcc: b@evil.com',
    'a@x.com\nRCPT TO:<b@evil.com>',
    'a@x.com\0',
    'Ada <a@x.com>',
    '<a@x.com>',
    '(comment)a@x.com',
    'a@x.com(b@evil.com)',
    'group: a@x.com, b@evil.com;',
    '=?utf-8?q?a=40evil.com?=@x.com@y.com',
    'a@[127.0.0.1]',
    'a@x.com>SIZE=1 <b@evil.com',
    '',
    '@',
    'a@',
  ])('%j is refused', async (to) => {
    await open(local);
    await expect(transport.send({ ...MAIL, to })).rejects.toThrow('not a plain email address');
    expect([server.mails, server.connections]).toEqual([[], 0]);
  });

  it('an address of the strangest characters that are accepted reaches itself only', async () => {
    await open(local);
    const local_ = stringMatching(/^[\w!#$%&'*+/=?^`{|}~-]{1,12}$/);
    await assert(
      asyncProperty(tuple(local_, constantFrom('x.com', 'bücher.example')), async ([name, domain]) => {
        const to = `${name}@${domain}`;
        server.mails.length = 0;
        await transport.send({ ...MAIL, to });
        expect(server.mails.map((mail) => mail.to)).toEqual([[canonicalEmail(to)]]);
        expect(server.mails[0]!.raw.match(/^(to|cc|bcc):/gim)).toHaveLength(1);
      }),
      { numRuns: 60 },
    );
  });

  it('a subject cannot add a header', async () => {
    await open(local);
    await transport.send({ ...MAIL, subject: 'Hello\r\nBcc: b@evil.com\r\n\r\nbody' });
    expect(server.mails[0]!.raw).not.toMatch(/^bcc:/im);
    expect(server.mails[0]!.to).toEqual([MAIL.to]);
  });

  it('content that names files and addresses is text', async () => {
    await open(local);
    await transport.send({ ...MAIL, html: { path: '/etc/passwd' } as never }).catch(() => undefined);
    await transport.send({ ...MAIL, text: { href: 'http://127.0.0.1:1/' } as never }).catch(() => undefined);
    expect(server.mails.every(({ raw }) => !raw.includes('root:'))).toBe(true);
  });
});
