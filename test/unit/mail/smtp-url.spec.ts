import { readSmtpUrl } from '../../../src/mail/smtp-url.js';

it.each([
  ['smtp://smtp.example.com', { host: 'smtp.example.com', port: 587, secure: false, isLoopback: false }],
  ['smtps://smtp.example.com', { host: 'smtp.example.com', port: 465, secure: true, isLoopback: false }],
  ['smtp://127.0.0.1:1025', { host: '127.0.0.1', port: 1025, secure: false, isLoopback: true }],
  ['smtp://[::1]:80', { host: '::1', port: 80, secure: false, isLoopback: true }],
  ['SMTP://localhost:25/', { host: 'localhost', port: 25, secure: false, isLoopback: true }],
  [
    'smtps://ada%40x:p%3A%2Fs@mail.example.com:2465?name=app.example.com',
    {
      host: 'mail.example.com',
      port: 2465,
      secure: true,
      isLoopback: false,
      user: 'ada@x',
      password: 'p:/s',
      name: 'app.example.com',
    },
  ],
  [
    'smtp://localhost.evil.example',
    { host: 'localhost.evil.example', port: 587, secure: false, isLoopback: false },
  ],
])('%s is understood', (url, server) => expect(readSmtpUrl(url)).toEqual(server));

it.each([
  ['smtp.example.com', 'must be a URL'],
  ['http://smtp.example.com', 'must be a URL'],
  ['smtp://', 'must be a URL'],
  ['smtp://user:secret1@host/path', 'must not have a path'],
  ['smtp://host?tls.rejectUnauthorized=false', 'only ?name='],
  ['smtp://host?secure=false', 'only ?name='],
  ['smtp://host?name=a%0d%0ab', 'not a host name'],
  ['smtp://user:secret1%zz@host', 'not percent-encoded'],
  ['smtp://user:secret1%0d%0a@host', 'not percent-encoded'],
  ['smtp://user@host', 'both a user and a password'],
])('%s is refused without being quoted', (url, problem) => {
  expect(readSmtpUrl(url)).toContain(problem);
  expect(readSmtpUrl(url)).not.toContain('secret1');
});
