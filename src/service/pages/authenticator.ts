import { codeField } from './answers.js';
import { form } from './fields.js';
import { type Html, html } from './html.js';
import type { Texts } from './texts/en.js';

/** A secret for an authenticator app, and the code that confirms it: `authenticator` in `assets/authenticator.js`. */
export function authenticator(texts: Texts): Html {
  const words = texts.security.app;
  return html`<div id="app-secret" class="step" hidden>
    <p id="app-scan" tabindex="-1">${words.scan}</p>
    <div id="app-picture" class="qr" role="img" aria-label="${words.picture}"></div>
    <p class="hint">${words.type}</p>
    <p><code id="app-key" class="secret"></code></p>
    <button id="app-copy" type="button" class="quiet">${words.copyKey}</button>
    ${form('app-form', words.confirm, codeField(texts, 'app-code'))}
  </div>`;
}

/** Recovery codes, which are shown once: `assets/recovery-codes.js`. */
export function recoveryCodes(texts: Texts): Html {
  const words = texts.security.codes;
  const button = (id: string, label: string) =>
    html`<button id="codes-${id}" type="button" class="quiet">${label}</button>`;
  return html`<p>${words.text}</p>
    <ol id="codes-list" class="codes"></ol>
    <div class="row start">
      ${button('copy', words.copy)} ${button('download', words.download)} ${button('print', words.print)}
    </div>
    <div class="messages">
      <p class="message notice" role="status"></p>
      <p class="message problem" role="alert"></p>
    </div>
    <button id="codes-done" type="button" class="main all">${words.done}</button>`;
}
