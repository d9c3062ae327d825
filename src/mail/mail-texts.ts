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
  /** When the second factors will be removed, in words. */
  resets: string;
  newEmail: string;
  count: number;
  /** To be typed in; made when the mail is sent. */
  code: string;
  notice: SecurityNotice;
  /** The name of the factor or of the provider. */
  what: string;
}

/** What one mail says in one language. */
export interface MailText {
  subject: string;
  paragraphs: string[];
  button?: string;
  /** What to do if the reader did not do this. */
  notYou: string;
}

/** A function for each kind of mail. */
export type TextsOfTemplates = { [Name in MailTemplateName]: (values: TextValues) => MailText };

/** The texts of all mails in one language. */
export interface MailTexts {
  /** The first line; the name is empty if it is not known. */
  greeting(name: string): string;
  /** Says when the link expires. */
  expires(time: string): string;
  /** Says when and from where something happened; either may be empty. */
  occasion(at: string, from: string): string;
  notices: Record<SecurityNotice, string>;
  templates: TextsOfTemplates;
}
