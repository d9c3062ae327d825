import { inspect } from 'node:util';
import type { AuthModuleOptions } from '../../../src/index.js';
import { AuthOptionsError } from '../../../src/options/options-error.js';
import { resolveOptions } from '../../../src/options/resolve-options.js';

const jwt = {
  accessSecret: 'k4Jwk4Jwk4JwpQ9zV7mX2cB8nL5t0000',
  refreshSecret: 'p9zV7mX2cB8nL5tk4Jwk4Jwk4JwpQ000',
};
const MAIL = { from: 'Example <no-reply@example.com>', smtp: 'smtps://ada:canary@smtp.example.com' };

const resolve = (options: object) =>
  resolveOptions({ jwt, publicUrl: 'https://auth.example.com', ...options } as AuthModuleOptions);

function problemsOf(options: object): string[] {
  try {
    resolve(options);
  } catch (error) {
    if (!(error instanceof AuthOptionsError)) throw error;
    return error.problems.map(({ option, message }) => `${option} ${message}`);
  }
  return [];
}

it('without mail there are no mails', () => expect(resolve({}).mail).toBeUndefined());

it('fills in the defaults, and prints no password', () => {
  const { mail } = resolve({ mail: MAIL });
  expect(mail).toMatchObject({
    from: { name: 'Example', address: 'no-reply@example.com' },
    brand: { name: 'Example', accent: '#1d4ed8', accentText: '#ffffff' },
    concurrency: 5,
  });
  expect(mail!.smtp!()).toMatchObject({ host: 'smtp.example.com', port: 465, password: 'canary' });
  expect(inspect(mail, { depth: 9 })).not.toContain('canary');
});

it.each([
  ['Example <no-reply@example.com>', 'Example', 'no-reply@example.com'],
  ['no-reply@example.com', '', 'no-reply@example.com'],
  ['Müller & Söhne <mail@bücher.example>', 'Müller & Söhne', 'mail@xn--bcher-kva.example'],
])('the sender %s is understood', (from, name, address) =>
  expect(resolve({ mail: { ...MAIL, from } }).mail!.from).toEqual({ name, address }),
);

it.each([
  'Example',
  '',
  'a@x.com, b@evil.com',
  'Example <a@x.com>, <b@evil.com>',
  'Example\r\nBcc: b@evil.com <a@x.com>',
  '"Example" <a@x.com>',
  '<a@x.com>',
  7,
])('the sender %j is refused', (from) =>
  expect(problemsOf({ mail: { ...MAIL, from } })).toEqual([
    expect.stringMatching(/^mail\.from must be an email address/),
  ]),
);

it('names every problem at once, without quoting the URL', () => {
  const problems = problemsOf({
    publicUrl: undefined,
    accounts: {
      links: { resetPassword: 'http://evil.example/', verifyEmail: 'https://a.example/#x', nonsense: 'x' },
    },
    mail: {
      from: 'nobody',
      smtp: 'smtp://ada:canary@host/path',
      transport: {},
      brand: { accent: 'red', logoUrl: 'http://x.example' },
      locale: 'deutsch!',
      concurrency: 0,
      templates: { 'reset-pasword': () => 0, 'verify-email': 'text' },
      texts: { es: {} },
    },
  });
  expect(problems.map((problem) => problem.split(' ')[0]).sort()).toEqual([
    'accounts.links.nonsense',
    'accounts.links.resetPassword',
    'accounts.links.verifyEmail',
    'mail.brand.accent',
    'mail.brand.logoUrl',
    'mail.concurrency',
    'mail.from',
    'mail.locale',
    'mail.smtp',
    'mail.smtp',
    'mail.templates.reset-pasword',
    'mail.templates.verify-email',
    'mail.texts.es',
    'mail.transport',
    'publicUrl',
  ]);
  expect(problems.join()).not.toContain('canary');
});

it('needs exactly one way to send, and an address for the links', () => {
  expect(problemsOf({ mail: { from: MAIL.from } })).toEqual([
    expect.stringMatching(/^mail\.smtp is missing/),
  ]);
  const transport = { send: async () => undefined };
  expect(problemsOf({ mail: { from: MAIL.from, transport } })).toEqual([]);
  expect(problemsOf({ publicUrl: undefined, mail: MAIL })).toEqual([
    expect.stringMatching(/^publicUrl is missing: the links of mails/),
  ]);
  expect(
    problemsOf({ publicUrl: undefined, jwt: { ...jwt, issuer: 'https://auth.example.com' }, mail: MAIL }),
  ).toEqual([]);
});
