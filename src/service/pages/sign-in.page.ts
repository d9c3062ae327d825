import { field, form } from './fields.js';
import { html } from './html.js';
import { linkTo } from './links.js';
import type { PageTemplate } from './page.js';

export const signInPage: PageTemplate = ({ texts, next, registration, byMail, mayBeSignedIn, why = '' }) => {
  const reasons: Record<string, string> = texts.reasons;
  const fields = html`${field(texts, { name: 'email', label: texts.email, type: 'email', autocomplete: 'username', autofocus: true })}
  ${field(texts, { name: 'password', label: texts.password, type: 'password', autocomplete: 'current-password' })}`;
  return {
    title: texts.signIn.title,
    script: 'sign-in',
    main: html` <h1>${texts.signIn.title}</h1>
      <p id="notice" class="message notice" role="status">${Object.hasOwn(reasons, why) && reasons[why]!}</p>
      <div id="content" ${mayBeSignedIn && html` hidden`}>
        ${form('form', texts.signIn.submit, fields)}
        ${byMail && html`<p class="other"><a href="/account/forgot">${texts.flows.forgot.title}</a></p>`}
        ${registration && html`<p class="other">${texts.signIn.other} <a href="${linkTo('sign-up', next)}">${texts.signUp.submit}</a></p>`}
      </div>`,
  };
};
