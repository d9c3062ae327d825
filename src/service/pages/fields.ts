import { type Html, html } from './html.js';
import type { Texts } from './texts/en.js';

export interface Field {
  /** Also the name of the member that the service expects, so that its errors find the field. */
  name: string;
  /** Default: the name. */
  id?: string;
  label: string;
  type?: 'text' | 'email' | 'password';
  autocomplete: string;
  hint?: string | Html;
  optional?: boolean;
  autofocus?: boolean;
  maxLength?: number;
  /** Six digits: phones show their keyboard for numbers. */
  digits?: boolean;
}

/** A field with its label, its hint and a place for what is wrong with it. A password can be shown. */
export function field(texts: Texts, { name, id = name, label, type = 'text', hint, ...more }: Field): Html {
  const described = hint === undefined ? `${id}-error` : `${id}-hint ${id}-error`;
  return html`<div class="field">
    <label for="${id}">${label}${more.optional && html` <span class="hint">${texts.optional}</span>`}</label>
    <div class="input">
      <input
        id="${id}"
        name="${name}"
        type="${type}"
        autocomplete="${more.autocomplete}"
        aria-describedby="${described}"
        ${attributes(more)}
      />
      ${type === 'password' && showButton(texts, id, label)}
    </div>
    ${type === 'password' && more.autocomplete === 'new-password' && STRENGTH}
    ${hint !== undefined && html`<p id="${id}-hint" class="hint">${hint}</p>`}
    <p id="${id}-error" class="error"></p>
  </div>`;
}

function attributes({
  optional,
  autofocus,
  maxLength,
  digits,
  autocomplete,
}: Omit<Field, 'name' | 'label'>): Html {
  const length = maxLength !== undefined && html` maxlength="${maxLength}"`;
  const asTyped =
    /^(?:email|username(?: webauthn)?|off)$/.test(autocomplete) &&
    html` autocapitalize="none" spellcheck="false"`;
  const code = digits && html` inputmode="numeric" pattern="\\s*(?:[0-9]\\s*){6}"`;
  return html`${!optional && html` required`}${autofocus && html` autofocus`}${length}${asTyped}${code}`;
}

const showButton = (texts: Texts, id: string, label: string): Html =>
  html`<button type="button" class="show" aria-controls="${id}">
    <span>${texts.script.show}</span><span class="unseen"> ${label}</span>
  </button>`;

/** Filled in by a script while a new password is typed. */
const STRENGTH = html`<div class="strength" data-level="0">
  <span class="bar"></span><span class="words" aria-live="polite"></span>
</div>`;

/** A form that a script sends: `submits` in `assets/form.js`. Until it is there, the button keeps Enter from sending it, too. */
export const form = (id: string, submit: string, fields: Html, others?: Html): Html =>
  html`<form id="${id}" method="post" novalidate>
    ${fields} ${messages()}
    <button type="submit" disabled>${submit}</button>
    ${others}
  </form>`;

/** A dialog with a form, and a way out of it: `dialog` in `assets/dialog.js`. */
export const question = (id: string, title: string, content: Html, cancel: string): Html =>
  html`<dialog id="${id}" aria-labelledby="${id}-heading">
    <h2 id="${id}-heading">${title}</h2>
    ${content}
    <button type="button" class="quiet all cancel">${cancel}</button>
  </dialog>`;

/** Where the result of what is done here appears: `say` in `assets/page.js`. */
export const messages = (): Html =>
  html`<div class="messages">
    <p class="message notice" role="status"></p>
    <p class="message problem" role="alert"></p>
  </div>`;
