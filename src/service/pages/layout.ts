import { type Html, html } from './html.js';
import type { PageContent, PageView } from './page.js';

/** The document around a page: its head, and the mark and name of the product above it. */
export function layout(view: PageView, { title, script, takesToken, data, main, wide }: PageContent): string {
  const { locale, texts, brand } = view;
  const { next, minLength, mayBeSignedIn } = view;
  const forScript = JSON.stringify({ texts: texts.script, next, minLength, mayBeSignedIn, ...data });
  const document = html`<!doctype html>
    <html lang="${locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${title} · ${brand.name}</title>
        <link rel="icon" href="/account/mark" />
        <link rel="stylesheet" href="/account/style.css" />
        ${takesToken && scriptTag('token')} ${script !== undefined && scripts(script)}
      </head>
      <body class="${wide ? 'wide' : 'card'}" data-page="${script === undefined ? '' : forScript}">
        <header>
          <a class="brand" href="/account"
            ><img src="/account/mark" alt="" width="40" height="40" /><span>${brand.name}</span></a
          >
        </header>
        ${script !== undefined && html`<noscript><p class="message problem">${texts.withoutScript}</p></noscript>`}
        <main>${main}</main>
      </body>
    </html> `;
  return document.text;
}

/** Without JavaScript, what needs it is hidden rather than broken. */
const scripts = (name: string): Html =>
  html`<noscript><link rel="stylesheet" href="/account/noscript.css" /></noscript> ${scriptTag(name)}`;

const scriptTag = (name: string): Html => html`<script type="module" src="/account/${name}.js"></script>`;
