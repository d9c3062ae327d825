import { inert, readable } from './inert.js';
import type { Links } from './links.js';
import { DEFAULT_BRAND, type MailBrand } from './mail-brand.js';
import { CODE_MAILS, isTemplateName, LINK_OF, type MailData, type MailTemplateName } from './mail-data.js';
import { layOut, type RenderedMail } from './mail-layout.js';
import type { MailTexts, TextValues } from './mail-texts.js';
import { de } from './texts.de.js';
import { en } from './texts.en.js';
import { fr } from './texts.fr.js';

/** What a template gets. Text that a user may have typed, such as `name`, is as it was typed. */
export type MailTemplateData<Name extends MailTemplateName = MailTemplateName> = MailData[Name] & {
  /** Where the mail leads, with its token. */
  link: string;
  /** What the reader is to type in, in mails that have a code. */
  code?: string;
  brand: MailBrand;
};

/** Writes one kind of mail. `locale` is what was asked for, such as `pt-BR`. */
export type MailTemplate<Name extends MailTemplateName = MailTemplateName> = (
  data: MailTemplateData<Name>,
  locale: string,
) => RenderedMail | Promise<RenderedMail>;

/** A template for each kind of mail. */
export type MailTemplates = { [Name in MailTemplateName]: MailTemplate<Name> };

export interface TemplateSettings {
  templates?: Partial<MailTemplates> | undefined;
  /** The texts of more languages, or other texts for those that exist. */
  texts?: Readonly<Record<string, MailTexts>> | undefined;
  brand?: MailBrand | undefined;
  /** The language of mails that ask for none. Default `en`. */
  locale?: string | undefined;
}

const SHIPPED: Readonly<Record<string, MailTexts>> = { en, de, fr };

/** What is known of a mail when it is written. */
export interface WrittenMail {
  template: string;
  locale: string | null;
  data: Record<string, unknown>;
}

/** Writes mails: with the templates of the host where there are any, and else with texts and one layout. */
export class MailWriter {
  private readonly texts: Readonly<Record<string, MailTexts>>;
  private readonly brand: MailBrand;

  constructor(
    readonly links: Links,
    private readonly settings: TemplateSettings = {},
  ) {
    this.texts = { ...SHIPPED, ...settings.texts };
    this.brand = settings.brand ?? DEFAULT_BRAND;
  }

  /** @throws Error for a template that does not exist, and whatever a template of the host throws */
  async write({ template, locale, data }: WrittenMail, token?: string): Promise<RenderedMail> {
    if (!isTemplateName(template)) throw new Error(`There is no mail template ${template}`);
    const [withToken, without] = LINK_OF[template];
    const code = CODE_MAILS.has(template) ? token : undefined;
    const isLink = token !== undefined && code === undefined;
    const link = isLink ? this.links.to(withToken, token) : this.links.to(without);
    const wanted = locale ?? this.settings.locale ?? 'en';
    const own = this.settings.templates?.[template] as MailTemplate | undefined;
    if (own)
      return checked(
        await own({ ...data, link, code, brand: this.brand } as MailTemplateData, wanted),
        template,
      );
    const [language, texts] = this.textsFor(wanted);
    return this.compose(template, texts, { language, link, data: { ...data, code } });
  }

  /** `pt-BR`, then `pt`, then the language of the app, then English. */
  private textsFor(locale: string): [language: string, texts: MailTexts] {
    const fallback = this.settings.locale ?? 'en';
    const names = [locale, locale.split('-')[0]!, fallback, fallback.split('-')[0]!, 'en'];
    const name = names.find((each) => Object.hasOwn(this.texts, each))!;
    return [name, this.texts[name]!];
  }

  private compose(
    template: MailTemplateName,
    texts: MailTexts,
    { language, link, data }: { language: string; link: string; data: Record<string, unknown> },
  ): RenderedMail {
    const values = valuesOf(data, this.brand.name, language);
    const { subject, paragraphs, button, notYou } = texts.templates[template](values);
    const occasion = values.at || values.from ? [texts.occasion(values.at, values.from)] : [];
    const message = {
      subject,
      greeting: texts.greeting(values.name),
      paragraphs: [...paragraphs, ...occasion],
      ...(button !== undefined && { button }),
      after: [...(button && values.expires ? [texts.expires(values.expires)] : []), notYou],
    };
    return layOut(message, { brand: this.brand, link, locale: language });
  }
}

function valuesOf(data: Record<string, unknown>, brand: string, language: string): TextValues {
  const from = [inert(data.device), ipOf(data.ip)].filter((part) => part !== '');
  return {
    brand,
    name: inert(data.name),
    at: timeOf(data.at, language),
    from: from.join(', '),
    expires: timeOf(data.expiresAt, language),
    closes: timeOf(data.closesAt, language),
    resets: timeOf(data.resetsAt, language),
    newEmail: readable(data.newEmail),
    count: Number(data.count) || 0,
    code: inert(data.code),
    notice: (data.notice ?? 'factor-added') as TextValues['notice'],
    what: inert(data.what),
  };
}

const ipOf = (ip: unknown) => (typeof ip === 'string' && /^[\da-f.:]{2,45}$/i.test(ip) ? ip : '');

/** In UTC, because nobody knows where the reader is. */
function timeOf(time: unknown, language: string): string {
  const date = new Date(typeof time === 'string' ? time : Number.NaN);
  if (Number.isNaN(date.getTime())) return '';
  let format = formats.get(language);
  if (!format) {
    format = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
    formats.set(language, format);
  }
  return `${format.format(date)} UTC`;
}

/** By language. Making one takes longer than the rest of a mail. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** What the host's template returned reaches the header of a mail. */
function checked(mail: RenderedMail, template: string): RenderedMail {
  const { subject, text, html } = Object(mail) as Partial<RenderedMail>;
  if ([subject, text, html].every((part) => typeof part === 'string' && part !== ''))
    return { subject: subject!.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' '), text: text!, html: html! };
  throw new Error(`mail.templates['${template}'] must return { subject, text, html }`);
}
