import { answerForm, factorWays } from './answers.js';
import { authenticator, recoveryCodes } from './authenticator.js';
import type { Factors } from './factors.js';
import { field, form } from './fields.js';
import { type Html, html } from './html.js';
import { linkTo } from './links.js';
import { factorData } from './security.js';
import type { PageView } from './page.js';
import type { Texts } from './texts/en.js';
import { counted } from './texts/texts.js';

/** The second step of a sign-in, and the setting up of a second factor where one is required. */
export function secondStep({ texts, locale, next }: PageView, factors: Factors): Html {
  const words = texts.security.signIn;
  const { trustedDays } = factors;
  const trust =
    trustedDays > 0
      ? html`<label class="check"
          ><input id="trust" type="checkbox" />
          <span>${counted(words.trust, trustedDays, locale)}</span></label
        >`
      : undefined;
  const again = html`<p class="other"><a href="${linkTo('sign-in', next)}">${words.startAgain}</a></p>`;
  return html`<div id="second" class="step" hidden>
      <h2 id="second-heading" tabindex="-1">${words.title}</h2>
      <p>${words.text}</p>
      ${answerForm(texts, 'second-form', factorWays(factors), words.submit, trust)} ${again}
    </div>
    <div id="enrol" class="step" hidden>
      <h2 id="enrol-heading" tabindex="-1">${words.enrol}</h2>
      ${begin(texts, factors)} ${factors.totp && authenticator(texts)} ${again}
    </div>
    <div id="codes" class="step" hidden>
      <h2 id="codes-heading" tabindex="-1">${texts.security.codes.title}</h2>
      ${recoveryCodes(texts)}
    </div>`;
}

/** The mailed code, and what to set up. */
function begin(texts: Texts, { totp, passkeys }: Factors): Html {
  const words = texts.security.signIn;
  const code = field(texts, { name: 'emailCode', label: words.emailCode, autocomplete: 'one-time-code' });
  const passkey = html`<button id="enrol-passkey" type="button" class="quiet all">
    ${texts.security.account.addPasskey}
  </button>`;
  const submit = totp ? texts.security.app.start : texts.security.account.addPasskey;
  return form(
    'enrol-form',
    submit,
    html`<p>${words.enrolText}</p>
      ${code}`,
    totp && passkeys ? passkey : undefined,
  );
}

/** What their scripts need. */
export function stepsData(texts: Texts, factors: Factors): object {
  const { expired, ...steps } = texts.security.signIn.script;
  const data = factorData(texts, factors);
  return { ...data, steps, errors: { ...data.errors, ACTION_TOKEN_INVALID: expired } };
}
