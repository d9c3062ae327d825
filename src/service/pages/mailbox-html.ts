import type { ReceivedMail } from '../../index.js';

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string) => text.replace(/[&<>"]/g, (char) => ENTITIES[char]!);

/** Whole lines that are a link. */
const linked = (text: string) =>
  escape(text).replace(/^https?:\/\/\S+$/gm, (url) => `<a href="${url}">${url}</a>`);

const item = ({ to, subject, text, at }: ReceivedMail, number: number) => `
          <li>
            <details${number === 0 ? ' open' : ''}>
              <summary><strong>${escape(subject)}</strong> to ${escape(to)}, ${at.toISOString().slice(11, 19)} UTC</summary>
              <pre>${linked(text)}</pre>
              <iframe sandbox="allow-popups allow-popups-to-escape-sandbox" loading="lazy" width="100%" height="560"
                title="${escape(subject)}" src="/account/mailbox/${number}"></iframe>
            </details>
          </li>`;

/** A page with the mails, the newest first: the text, and the HTML in a frame. */
export const mailboxHtml = (mails: readonly ReceivedMail[]) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <meta name="referrer" content="no-referrer" />
    <title>Mailbox</title>
    <link rel="stylesheet" href="/style.css" />
  </head>
  <body class="wide">
    <main>
      <h1>Mailbox</h1>
      <p class="hint">The latest emails, newest first. They were not sent: this page is shown in development only, and
        without <code>SMTP_URL</code>. <a href="/account/mailbox">Reload</a></p>
      ${mails.length === 0 ? '<p>No emails yet.</p>' : `<ul>${mails.map(item).join('')}\n        </ul>`}
    </main>
  </body>
</html>
`;
