import { escapeHtml } from './inert.js';
import type { MailBrand } from './mail-brand.js';

/** What a mail says. Plain text: the layout escapes it. */
export interface MailMessage {
  subject: string;
  greeting: string;
  /** A paragraph each. */
  paragraphs: string[];
  /** What the button says that leads to the link. Without it, there is none. */
  button?: string;
  /** Paragraphs after the button: when the link expires, and what to do if this was somebody else. */
  after: string[];
}

/** A mail as it is sent. */
export interface RenderedMail {
  subject: string;
  text: string;
  html: string;
}

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const SMALL = 'margin:0 0 12px;font-size:14px;line-height:20px;color:#57606a';

/** Lays a message out, as text and as HTML that loads nothing but the logo. */
export function layOut(
  { subject, greeting, paragraphs, button, after }: MailMessage,
  { brand, link, locale }: { brand: MailBrand; link: string; locale: string },
): RenderedMail {
  const lines = [greeting, ...paragraphs, ...(button ? [`${button}\n${link}`] : []), ...after];
  const text = `${[...lines, `-- \n${brand.name}`].join('\n\n')}\n`;
  const paragraph = (style: string) => (content: string) => `<p style="${style}">${escapeHtml(content)}</p>`;
  const name = escapeHtml(brand.name);
  const head = brand.logoUrl
    ? `<img src="${escapeHtml(brand.logoUrl)}" alt="${name}" height="40" style="border:0;height:40px;max-width:100%">`
    : `<span style="font-size:20px;font-weight:600;color:#1f2328">${name}</span>`;
  const href = escapeHtml(link);
  const action = button
    ? `<p style="margin:24px 0"><a href="${href}" style="display:inline-block;padding:12px 24px;border-radius:6px;` +
      `background:${brand.accent};color:${brand.accentText};font-weight:600;text-decoration:none">${escapeHtml(button)}</a></p>` +
      `<p style="${SMALL};word-break:break-all"><a href="${href}" style="color:#57606a">${href}</a></p>`
    : '';
  const html = `<!doctype html>
<html lang="${escapeHtml(locale)}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light"><title>${escapeHtml(subject)}</title></head>
<body style="margin:0;padding:24px 12px;background:#f3f4f6;${FONT}">
<div style="max-width:520px;margin:0 auto;padding:32px;border-radius:12px;background:#ffffff;overflow-wrap:anywhere">
<div style="margin:0 0 24px">${head}</div>
${[greeting, ...paragraphs].map(paragraph('margin:0 0 16px;font-size:16px;line-height:24px;color:#1f2328')).join('\n')}
${action}
${after.map(paragraph(SMALL)).join('\n')}
</div></body></html>
`;
  return { subject, text, html };
}
