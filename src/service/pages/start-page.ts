import { brandOf } from '../../brand/brand.js';
import type { Configuration } from '../../settings/configuration.js';
import { mailboxOf } from '../../settings/development-mailbox.js';
import { type Asset, pageAsset } from './asset.js';
import { type Html, html } from './html.js';
import { styleOf } from './style.js';

type Shown = Pick<Configuration, 'accountPages' | 'docs' | 'auth' | 'brandAccent'>;

interface Link {
  href: string;
  name: string;
  hint: string;
}

/** What a newcomer sees first: a page that links everything that is on. */
export class StartPage {
  readonly style: Asset;
  readonly page: Asset;

  constructor(configuration: Shown) {
    this.style = styleOf(brandOf({ accent: configuration.brandAccent }));
    this.page = pageAsset(page(linksFor(configuration)).text, 'en');
  }
}

function linksFor({ accountPages, docs, auth }: Shown): Link[] {
  const signUp = { href: '/account/sign-up', name: 'Sign up', hint: 'Create an account.' };
  return [
    ...(accountPages && auth.registration !== false ? [signUp] : []),
    ...(accountPages
      ? [{ href: '/account', name: 'My account', hint: 'Sessions, password and security events.' }]
      : []),
    ...(docs
      ? [
          { href: '/docs', name: 'API docs', hint: 'Read about every endpoint, and try it.' },
          { href: '/openapi.json', name: 'OpenAPI document', hint: 'The same for tools.' },
        ]
      : []),
    ...(mailboxOf(auth)
      ? [{ href: '/account/mailbox', name: 'Mailbox', hint: 'The emails that would have been sent.' }]
      : []),
    { href: '/health/ready', name: 'Health', hint: 'Is the service ready for requests?' },
  ];
}

const item = ({ href, name, hint }: Link): Html =>
  html` <li>
    <div>
      <a href="${href}"><strong>${name}</strong></a>
      <p class="hint">${hint}</p>
    </div>
  </li>`;

const page = (links: Link[]): Html =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Latchkey</title>
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body class="wide">
        <main>
          <h1>Latchkey is running</h1>
          <p class="hint">This page is shown in development only.</p>

          <section aria-labelledby="try-heading">
            <h2 id="try-heading">Try it</h2>
            <ul>
              ${links.map(item)}
            </ul>
          </section>

          <section aria-labelledby="module-heading">
            <h2 id="module-heading">Use it in your own NestJS app</h2>
            <p>
              Install the package and import <code>AuthModule</code> from <code>latchkey</code>.
              <code>README.md</code> shows the lines to write, and <code>docs/</code> has a guide for each
              task.
            </p>
          </section>
        </main>
      </body>
    </html> `;
