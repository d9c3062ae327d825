import { field, form, messages, question } from './fields.js';
import { type Html, html } from './html.js';
import type { Texts } from './texts/en.js';

/** The sections of the account page for what needs mail. */
export const profile = (texts: Texts): Html => {
  const words = texts.flows.profile;
  const name = field(texts, {
    name: 'name',
    label: texts.name,
    autocomplete: 'name',
    optional: true,
    maxLength: 200,
  });
  const email = field(texts, {
    name: 'newEmail',
    label: words.newEmail,
    type: 'email',
    autocomplete: 'email',
    hint: words.emailHint,
  });
  return html`<section aria-labelledby="profile-heading">
      <h2 id="profile-heading">${words.title}</h2>
      <div id="unproven" class="row" hidden>
        <p>${words.unproven}</p>
        <button id="resend" type="button" class="quiet">${words.resend}</button>
      </div>
      ${messages()} ${form('name-form', words.changeName, name)}
      ${form('email-form', words.changeEmail, email)}
    </section>

    <section aria-labelledby="data-heading">
      <h2 id="data-heading">${words.data}</h2>
      ${messages()}
      <ul>
        ${action('export', words.exportHint, words.export)} ${action('close', words.closeHint, words.close)}
      </ul>
    </section>

    ${question('closing', words.closing, form('closing-form', words.close, html`<p>${words.closingText}</p>`), words.cancel)}`;
};

const action = (id: string, hint: string, label: string): Html =>
  html`<li>
    <div><p id="${id}-hint" class="hint">${hint}</p></div>
    <button id="${id}" type="button" class="quiet" aria-describedby="${id}-hint">${label}</button>
  </li>`;
