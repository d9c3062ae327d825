import { textOn } from '../brand/contrast.js';
import { DEFAULT_BRAND, type MailBrand } from '../mail/mail-brand.js';
import { isTemplateName, LINK_OF } from '../mail/mail-data.js';
import type { MailTemplates } from '../mail/mail-templates.js';
import type { MailTexts } from '../mail/mail-texts.js';
import type { MailTransport } from '../mail/mail-transport.js';
import type { MailSender } from '../mail/smtp-transport.js';
import { readSmtpUrl, type SmtpServer } from '../mail/smtp-url.js';
import { canonicalEmail } from '../users/email.js';
import type { OptionChecker } from './option-checker.js';
import { authorities } from './redis.options.js';
import { group, integer, optional, type Rule, type Rules } from './rules.js';

/** How mails look. */
export interface MailBrandOptions {
  /** Who mails are from, as readers know it. Default: the name in `mail.from`, or else `Latchkey`. */
  name?: string;
  /** The color of buttons, such as `#1d4ed8`. Text on it is black or white, whichever is easier to read. */
  accent?: string;
  /** A picture that is shown instead of the name: `https://…`. Mails load nothing else. Default: none. */
  logoUrl?: string;
}

/** Mails to the owners of accounts. */
export interface MailOptions {
  /** Who mails are from: an address, or `Name <address>`. */
  from: string;
  /**
   * The mail server: `smtp://user:password@host:587`, or `smtps://…` for TLS from the first byte; `?name=` is how we introduce
   * ourselves. TLS with a valid certificate is required, unless the server is on this machine. Needs the package
   * `nodemailer`. Either this or `transport`.
   */
  smtp?: string;
  /** The certificate authorities to trust in place of the usual ones, for `smtp`: one or several PEM texts. */
  tlsCa?: string | string[];
  /** Sends mails in another way, such as by the API of a mail service. */
  transport?: MailTransport;
  /** Templates of your own, each in place of ours: `{ 'reset-password': (data, locale) => ({ subject, text, html }) }`. */
  templates?: Partial<MailTemplates>;
  /** The texts of more languages, by language: `{ es }`. English, German and French exist. */
  texts?: Record<string, MailTexts>;
  brand?: MailBrandOptions;
  /** The language of mails for which no other is known, such as `de` or `pt-BR`. Default `en`. */
  locale?: string;
  /** How many mails are sent at the same time, by each instance: from 1 to 50. Default 5. */
  concurrency?: number;
}

export interface ResolvedMail {
  from: MailSender;
  /** `undefined`: there is a `transport`. Behind a function, because it contains a password and options are printed. */
  smtp: (() => SmtpServer) | undefined;
  tlsCa: readonly string[];
  transport: MailTransport | undefined;
  templates: Partial<MailTemplates> | undefined;
  texts: Record<string, MailTexts> | undefined;
  brand: MailBrand;
  locale: string | undefined;
  concurrency: number;
}

/** What a display name may consist of: nothing that a header gives a meaning to. */
const SENDER = /^(?:([\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N} .&'’_+-]{0,63}?) ?<([^<>\s]+)>|([^<>\s]+))$/u;

const sender: Rule<string, MailSender> = (check, option, given) => {
  const [, name = '', inside, bare] = (typeof given === 'string' && SENDER.exec(given.trim())) || [];
  const address = canonicalEmail(inside ?? bare ?? '');
  if (address === null)
    check.fail(
      option,
      "must be an email address, or a name and an address: 'Example <no-reply@example.com>'",
    );
  return { name: name.trim(), address: address ?? '' };
};

const smtp: Rule<string, (() => SmtpServer) | undefined> = (check, option, given) => {
  if (given === undefined) return undefined;
  const server = typeof given === 'string' ? readSmtpUrl(given) : 'must be a URL';
  if (typeof server !== 'string') return () => server;
  check.fail(option, server);
  return undefined;
};

const transport: Rule<MailTransport, MailTransport | undefined> = (check, option, given) => {
  if (given !== undefined && typeof Object(given).send !== 'function')
    check.fail(option, 'must be an object with a method send(mail)');
  return given;
};

const NAMES = Object.keys(LINK_OF);

const templates: Rule<Partial<MailTemplates>, Partial<MailTemplates> | undefined> = (
  check,
  option,
  given,
) => {
  if (given === undefined || !check.isGroup(option, given, NAMES)) return undefined;
  for (const [name, template] of Object.entries(given)) {
    if (!isTemplateName(name))
      check.fail(`${option}.${name}`, `is unknown: expected one of ${NAMES.join(', ')}`);
    else if (typeof template !== 'function')
      check.fail(`${option}.${name}`, 'must be a function that returns { subject, text, html }');
  }
  return given;
};

const texts: Rule<Record<string, MailTexts>, Record<string, MailTexts> | undefined> = (
  check,
  option,
  given,
) => {
  if (given === undefined || !check.isGroup(option, given, ['es', 'it'], 'an object by language,'))
    return undefined;
  for (const [language, all] of Object.entries(given)) {
    const parts = [
      all?.greeting,
      all?.expires,
      all?.occasion,
      ...NAMES.map((name) => Object(all?.templates)[name]),
    ];
    if (!parts.every((part) => typeof part === 'function'))
      check.fail(`${option}.${language}`, 'must have the members of MailTexts, with a text for each mail');
  }
  return given;
};

const locale: Rule<string, string | undefined> = (check, option, given) => {
  if (given === undefined || (typeof given === 'string' && /^[a-z]{2,3}(?:-[a-z\d]{2,8})*$/i.test(given)))
    return given;
  check.fail(option, 'must be a language such as de or pt-BR');
  return undefined;
};

const color: Rule<string, string> = (check, option, given = DEFAULT_BRAND.accent) => {
  if (!/^#[\da-f]{6}$/i.test(given)) check.fail(option, 'must be a color such as #1d4ed8');
  return given;
};

const brandName: Rule<string, string | undefined> = (check, option, given) => {
  if (given !== undefined && !/^[^\p{C}\p{Zl}\p{Zp}]{1,64}$/u.test(given))
    check.fail(option, 'must be text of 1 to 64 characters on one line');
  return given;
};

const logo: Rule<string, string | undefined> = (check, option, given) =>
  given === undefined ? undefined : check.url(option, given, ['https:']);

const brand = group({ name: brandName, accent: color, logoUrl: logo } satisfies Rules<MailBrandOptions>);

const RULES = {
  from: sender,
  smtp,
  tlsCa: authorities,
  transport,
  templates,
  texts,
  brand,
  locale,
  concurrency: integer(5, 1, 50),
} satisfies Rules<MailOptions>;

export const mail = optional(
  group(RULES, ({ brand: look, ...resolved }, check, option, given): ResolvedMail => {
    if ((given.smtp === undefined) === (given.transport === undefined))
      check.fail(
        `${option}.smtp`,
        `is missing: smtp://user:password@host:587. Give either this or ${option}.transport`,
      );
    const name = look.name ?? (resolved.from.name || DEFAULT_BRAND.name);
    return { ...resolved, brand: { ...look, name, accentText: textOn(look.accent) } };
  }),
);

/** The links of mails are absolute, and begin with nothing that a request says. */
export function refuseMailWithoutAddress(
  { mail: resolved, publicUrl }: { mail: ResolvedMail | undefined; publicUrl: string | undefined },
  check: OptionChecker,
): void {
  if (resolved && publicUrl === undefined)
    check.fail('publicUrl', 'is missing: the links of mails begin with it, such as https://auth.example.com');
}
