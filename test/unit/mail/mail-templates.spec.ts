import { inert } from '../../../src/mail/inert.js';
import { Links } from '../../../src/mail/links.js';
import { textOn } from '../../../src/brand/contrast.js';
import { LINK_OF, type MailTemplateName } from '../../../src/mail/mail-data.js';
import { MailWriter } from '../../../src/mail/mail-templates.js';
import { en } from '../../../src/mail/texts.en.js';

const links = new Links('https://auth.example.com/base');
const writer = new MailWriter(links);
const NAMES = Object.keys(LINK_OF) as MailTemplateName[];
const DATA = {
  name: 'Ada',
  at: '2026-11-28T12:34:00Z',
  device: 'Firefox on Linux',
  ip: '192.0.2.7',
  expiresAt: '2026-11-28T13:04:00Z',
  closesAt: '2026-12-12T12:34:00Z',
  resetsAt: '2026-11-29T12:34:00Z',
  newEmail: 'ada@new.example',
  count: 21,
  notice: 'recovery-code-used',
};
const write = (template: string, data: object = DATA, locale: string | null = null, token?: string) =>
  writer.write({ template, locale, data: data as Record<string, unknown> }, token);

describe.each(['en', 'de', 'fr'])('in %s', (locale) => {
  it.each(NAMES)(
    '%s says everything, and ends with what to do if this was somebody else',
    async (template) => {
      const { subject, text, html } = await write(template, DATA, locale, 'lk_token');
      expect(subject).toMatch(/^[^\n]{10,70}$/);
      expect(subject).toContain('Latchkey');
      expect(text).toContain('Ada');
      expect(text).toMatch(/(not you|waren nicht Sie|n’était pas vous)/);
      expect(`${text}${html}`).not.toMatch(/\bundefined|\bnull\b|\bNaN|\[object/);
      const isLast = template === 'account-closed';
      expect([
        text.includes('https://auth.example.com/base/account'),
        html.includes('<a href="https://'),
      ]).toEqual([!isLast, !isLast]);
      expect(html).toContain(`<html lang="${locale}">`);
      const lines = text.split('\n').filter((line) => !line.startsWith('-- '));
      for (const line of lines) expect(html).toContain(line);
    },
  );

  it('says when, where from and until when', async () => {
    const { text } = await write('email-changed', DATA, locale, 'lk_token');
    const device = { en: 'Firefox on Linux', de: 'Firefox unter Linux', fr: 'Firefox sur Linux' }[locale];
    for (const part of ['12:34', `${device}, 192.0.2.7`, '2026', 'ada@new.example', 'UTC'])
      expect(text).toContain(part);
  });
});

it('uses the nearest language there is', async () => {
  const subject = async (locale: string | null, settings = {}) =>
    (await new MailWriter(links, settings).write({ template: 'verify-email', locale, data: {} })).subject;
  expect(await subject('de-AT')).toMatch(/^Bestätigen/);
  expect(await subject('xx')).toMatch(/^Confirm your/);
  expect(await subject('xx', { locale: 'fr' })).toMatch(/^Confirmez/);
  expect(await subject(null, { locale: 'de' })).toMatch(/^Bestätigen/);
  const es = {
    ...en,
    templates: {
      ...en.templates,
      'verify-email': () => ({ subject: 'Confirme', paragraphs: [], notYou: 'no' }),
    },
  };
  expect(await subject('es-MX', { texts: { es } })).toBe('Confirme');
  expect(await subject('__proto__')).toMatch(/^Confirm your/);
});

it('a template of the host takes the place of one of ours, and its subject stays one line', async () => {
  const own = new MailWriter(links, {
    templates: {
      'reset-password': ({ link, name, brand }, locale) => ({
        subject: `${brand.name}\r\nBcc: b@evil.com`,
        text: `${name} ${locale} ${link}`,
        html: '<p>own</p>',
      }),
      'verify-email': () => ({ subject: 'no text' }) as never,
    },
  });
  const data = { name: 'Ada' };
  expect(await own.write({ template: 'reset-password', locale: 'es', data }, 'lk_1')).toEqual({
    subject: 'Latchkey Bcc: b@evil.com',
    text: 'Ada es https://auth.example.com/base/account/reset#t=lk_1',
    html: '<p>own</p>',
  });
  await expect(own.write({ template: 'verify-email', locale: null, data })).rejects.toThrow(
    "mail.templates['verify-email'] must return { subject, text, html }",
  );
  await expect(own.write({ template: 'constructor', locale: null, data })).rejects.toThrow(
    'no mail template',
  );
});

it('links lead to pages of the host where there are any, with the token in the fragment', () => {
  const own = new Links('https://a.example', { resetPassword: 'https://app.example/r?x=1' });
  expect(own.to('resetPassword', 'lk_1')).toBe('https://app.example/r?x=1#t=lk_1');
  expect(own.to('verifyEmail', 'lk_1')).toBe('https://a.example/account/verify#t=lk_1');
  expect(own.to('account')).toBe('https://a.example/account');
  expect([own.domain, new Links('http://127.0.0.1:3000').domain]).toEqual(['a.example', 'localhost']);
});

describe('A219: what users type is inert', () => {
  it.each([
    ['<img src=x onerror=alert(1)>'],
    ['"><script>alert(1)</script>'],
    ['Click http://evil.example/x now'],
    ['Go to evil.example'],
    ['www evil'],
    ['evil。example'],
    ['javascript:alert(1)'],
    ['mallory@evil.example'],
    ['\u202egnp.exe\u202c'],
    ['Ada\r\nBcc: b@evil.com'],
    ['Ada\u200b\u2028\u2029\0\u0007'],
    ['A'.repeat(1_000_000)],
    [`${'<'.repeat(500_000)}${'\u0301'.repeat(500_000)}`],
  ])('%.40j', async (name) => {
    const began = performance.now();
    const { subject, text, html } = await write('password-changed', {
      name,
      device: name,
      ip: name,
      at: name,
    });
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(html).not.toMatch(/<(?:img|script)|onerror=alert\(1\)>/);
    expect(`${subject}${text}${html}`).not.toMatch(
      /evil|javascript:|[\u202a-\u202e\u2066-\u2069\u200b\u2028\0]/,
    );
    expect(text.split('\n')[0]!.length).toBeLessThan(80);
    expect(html.length).toBeLessThan(5_000);
    expect(html.match(/<a /g)).toHaveLength(2);
  });

  it('a template expression is only text', async () => {
    expect((await write('password-changed', { name: '{{7*7}} ${7*7} %s' })).text).toContain(
      'Hello {{7*7}} ${7*7} %s,',
    );
  });

  it('names of people stay as they are', () => {
    for (const name of [
      'Ada Lovelace',
      "Seán O'Brien",
      'J. R. R. Tolkien',
      '王小明',
      'علي',
      'Zoë-Marie',
      'Dr. Who',
    ])
      expect(inert(name)).toBe(name);
    expect(inert('x'.repeat(100))).toBe(`${'x'.repeat(59)}…`);
    expect([inert(null), inert(7), inert({})]).toEqual(['', '', '']);
  });
});

it('text on a button is black or white, whichever has the contrast', () => {
  expect(['#000000', '#2457d6', '#ffffff', '#ffd500'].map(textOn)).toEqual([
    '#ffffff',
    '#ffffff',
    '#000000',
    '#000000',
  ]);
});
