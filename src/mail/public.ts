// What `latchkey` exports of mail.
export type { LinkOverrides } from './links.js';
export type { MailBrand } from './mail-brand.js';
export type { LinkName, MailData, MailTemplateName, SecurityNotice } from './mail-data.js';
export type { RenderedMail } from './mail-layout.js';
export {
  type LeasedMail,
  MailOutbox,
  type MailPage,
  type MailQuery,
  type MailStats,
  type NewMail,
  type OutboxMail,
} from './mail-outbox.js';
export type { MailTemplate, MailTemplateData, MailTemplates } from './mail-templates.js';
export type { MailText, MailTexts, TextValues } from './mail-texts.js';
export {
  MailRefusedError,
  MailServerAwayError,
  type MailTransport,
  type OutgoingMail,
} from './mail-transport.js';
export { MailWorker } from './mail-worker.js';
export { Mailbox, type ReceivedMail } from './mailbox.js';
export { Mails } from './mails.js';
export { type MailSender, type SmtpSettings, SmtpTransport } from './smtp-transport.js';
export { readSmtpUrl, type SmtpServer } from './smtp-url.js';
