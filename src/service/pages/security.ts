import { authenticator, recoveryCodes } from './authenticator.js';
import type { Factors } from './factors.js';
import { field, form, messages, question } from './fields.js';
import { type Html, html } from './html.js';
import type { Texts } from './texts/en.js';

/** What the scripts of pages need that know second factors. */
export const factorData = ({ security: { script, errors, details } }: Texts, factors: Factors) => ({
  factors,
  security: script,
  errors,
  details,
});

/** The section of the account page for second factors and passkeys, and its dialogs. */
export function security(texts: Texts, factors: Factors): Html {
  const words = texts.security.account;
  const add = (id: string, label: string) =>
    html`<button id="${id}" type="button" class="quiet">${label}</button>`;
  return html`<section aria-labelledby="security-heading">
      <h2 id="security-heading" tabindex="-1">${words.title}</h2>
      ${messages()}
      <ul id="factors"></ul>
      <div class="row start">
        ${factors.totp && add('add-app', texts.security.app.title)}
        ${factors.passkeys && add('add-passkey', words.addPasskey)}
      </div>
      ${factors.trustedDays > 0 && devices(texts)}
    </section>
    ${factors.totp && newApp(texts)} ${factors.passkeys && renaming(texts)}
    ${sure('removing', words.removing, words.removingText, words.remove, texts)}
    ${factors.recoveryCodes && sure('renewing', words.renewing, words.renewingText, words.renew, texts)}
    ${factors.recoveryCodes && shownCodes(texts)}`;
}

const devices = (texts: Texts): Html =>
  html`<div id="trusted" hidden>
    <h3 id="devices-heading" tabindex="-1">${texts.security.account.devices}</h3>
    <p class="hint">${texts.security.account.devicesHint}</p>
    <ul id="devices"></ul>
  </div>`;

function newApp(texts: Texts): Html {
  const words = texts.security.app;
  const { cancel } = texts.flows.profile;
  const name = field(texts, {
    name: 'name',
    id: 'app-name',
    label: words.name,
    autocomplete: 'off',
    optional: true,
    maxLength: 200,
  });
  const start = form('app-start', texts.security.signIn.submit, name);
  return question('app', words.title, html`${start}${authenticator(texts)}`, cancel);
}

function renaming(texts: Texts): Html {
  const words = texts.security.account;
  const name = field(texts, {
    name: 'name',
    id: 'passkey-name',
    label: words.renamed,
    autocomplete: 'off',
    maxLength: 200,
  });
  const content = form('renaming-form', words.renameSubmit, name);
  return question('renaming', words.rename, content, texts.flows.profile.cancel);
}

const sure = (id: string, title: string, text: string, submit: string, texts: Texts): Html =>
  question(id, title, form(`${id}-form`, submit, html`<p>${text}</p>`), texts.flows.profile.cancel);

/** No way out besides its button: the codes are not shown again. */
const shownCodes = (texts: Texts): Html =>
  html`<dialog id="codes" class="step" aria-labelledby="codes-heading">
    <h2 id="codes-heading" tabindex="-1">${texts.security.codes.title}</h2>
    ${recoveryCodes(texts)}
  </dialog>`;
