import type { MailTemplateName, SecurityNotice } from './mail-data.js';

/** The values that texts may use: all of them are safe to read, and empty if they are not known. */
export interface TextValues {
  brand: string;
  name: string;
  /** The time at which something happened, in words. */
  at: string;
  /** Where from: the device, the address of the network, or both. */
  from: string;
  /** When the link expires, in words. */
  expires: string;
  closes: string;
  newEmail: string;
  count: number;
  notice: SecurityNotice;
  /** The name of the factor or of the provider. */
  what: string;
}

export interface MailText {
  subject: string;
  paragraphs: string[];
  button?: string;
  /** What to do if the reader did not do this. */
  notYou: string;
}

/** The texts of all mails in one language. */
export interface MailTexts {
  greeting(name: string): string;
  /** Says when the link expires. */
  expires(time: string): string;
  /** Says when and from where something happened; either may be empty. */
  occasion(at: string, from: string): string;
  notices: Record<SecurityNotice, string>;
  templates: { [Name in MailTemplateName]: (values: TextValues) => MailText };
}
