import { type Html, html } from './html.js';
import type { Texts } from './texts/en.js';

export interface Field {
  /** Also the name of the member that the service expects, so that its errors find the field. */
  name: string;
  label: string;
  type?: 'text' | 'email' | 'password';
  autocomplete: string;
  hint?: string | Html;
  optional?: boolean;
  autofocus?: boolean;
  maxLength?: number;
}

/** A field with its label, its hint and a place for what is wrong with it. A password can be shown. */
export function field(texts: Texts, { name, label, type = 'text', hint, ...more }: Field): Html {
  const described = hint === undefined ? `${name}-error` : `${name}-hint ${name}-error`;
  return html`<div class="field">
    <label for="${name}"
      >${label}${more.optional && html` <span class="hint">${texts.optional}</span>`}</label
    >
    <div class="input">
      <input
        id="${name}"
        name="${name}"
        type="${type}"
        autocomplete="${more.autocomplete}"
        aria-describedby="${described}"
        ${attributes(more)}
      />
      ${type === 'password' && showButton(texts, name, label)}
    </div>
    ${type === 'password' && more.autocomplete === 'new-password' && STRENGTH}
    ${hint !== undefined && html`<p id="${name}-hint" class="hint">${hint}</p>`}
    <p id="${name}-error" class="error"></p>
  </div>`;
}

function attributes({ optional, autofocus, maxLength, autocomplete }: Omit<Field, 'name' | 'label'>): Html {
  const length = maxLength !== undefined && html` maxlength="${maxLength}"`;
  const asTyped = /^(email|username)$/.test(autocomplete) && html` autocapitalize="none" spellcheck="false"`;
  return html`${!optional && html` required`}${autofocus && html` autofocus`}${length}${asTyped}`;
}

const showButton = (texts: Texts, name: string, label: string): Html =>
  html`<button type="button" class="show" aria-controls="${name}">
    <span>${texts.script.show}</span><span class="unseen"> ${label}</span>
  </button>`;

/** Filled in by a script while a new password is typed. */
const STRENGTH = html`<div class="strength" data-level="0">
  <span class="bar"></span><span class="words" aria-live="polite"></span>
</div>`;

/** A form that a script sends: `submits` in `assets/form.js`. Until it is there, the button keeps Enter from sending it, too. */
export const form = (id: string, submit: string, fields: Html): Html =>
  html`<form id="${id}" method="post" novalidate>
    ${fields} ${messages()}
    <button type="submit" disabled>${submit}</button>
  </form>`;

/** Where the result of what is done here appears: `say` in `assets/page.js`. */
export const messages = (): Html =>
  html`<div class="messages">
    <p class="message notice" role="status"></p>
    <p class="message problem" role="alert"></p>
  </div>`;
