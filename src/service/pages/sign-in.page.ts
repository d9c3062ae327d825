import { field, form } from './fields.js';
import { type Html, html } from './html.js';
import { linkTo } from './links.js';
import type { PageTemplate } from './page.js';
import { secondStep, stepsData } from './second-step.js';
import type { Texts } from './texts/en.js';

export const signInPage: PageTemplate = (view) => {
  const { texts, next, registration, byMail, factors, mayBeSignedIn, why = '' } = view;
  const reasons: Record<string, string> = texts.reasons;
  const fields = html`${field(texts, { name: 'email', label: texts.email, type: 'email', autocomplete: factors?.passkeys ? 'username webauthn' : 'username', autofocus: true })}
  ${field(texts, { name: 'password', label: texts.password, type: 'password', autocomplete: 'current-password' })}`;
  return {
    title: texts.signIn.title,
    script: 'sign-in',
    ...(factors && { data: stepsData(texts, factors) }),
    main: html` <h1>${texts.signIn.title}</h1>
      <p id="notice" class="message notice" role="status">${Object.hasOwn(reasons, why) && reasons[why]!}</p>
      <div id="content" ${mayBeSignedIn && html` hidden`}>
        ${form('form', texts.signIn.submit, fields, factors?.passkeys ? withPasskey(texts) : undefined)}
        ${byMail && html`<p class="other"><a href="/account/forgot">${texts.flows.forgot.title}</a></p>`}
        ${registration && html`<p class="other">${texts.signIn.other} <a href="${linkTo('sign-up', next)}">${texts.signUp.submit}</a></p>`}
      </div>
      ${factors && secondStep(view, factors)}`,
  };
};

/** Shown by a script, where the browser has passkeys. */
const withPasskey = (texts: Texts): Html =>
  html`<button id="passkey" type="button" class="quiet all" hidden>
    ${texts.security.signIn.withPasskey}
  </button>`;
