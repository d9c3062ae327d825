import { field, form, messages } from './fields.js';
import { html } from './html.js';
import type { PageTemplate } from './page.js';
import { profile } from './profile.js';
import { factorData, security } from './security.js';
import { stepUp } from './step-up.js';
import { counted } from './texts/texts.js';

/** Empty until the service has said who is signed in: nothing of it is shown to anyone else. */
export const accountPage: PageTemplate = ({ texts, locale, minLength, byMail, factors }) => {
  const words = texts.account;
  const hint = html`${counted(texts.passwordRule, minLength, locale)} ${words.endsOthers}`;
  const fields = html`<input name="username" type="text" autocomplete="username" hidden />
    ${field(texts, { name: 'currentPassword', label: words.current, type: 'password', autocomplete: 'current-password' })}
    ${field(texts, { name: 'newPassword', label: words.new, type: 'password', autocomplete: 'new-password', hint })}`;
  return {
    title: words.title,
    script: 'account',
    data: {
      account: texts.accountScript,
      ...(byMail && { profile: texts.flows.profile.script }),
      ...(factors && factorData(texts, factors)),
    },
    wide: true,
    main: html` <p id="wait" class="hint" role="status">${texts.wait}</p>
      ${messages()}
      <div id="content" hidden>
        <header>
          <div>
            <h1>${words.title}</h1>
            <p id="who" class="hint"></p>
          </div>
          <button id="sign-out" type="button" class="quiet">${words.signOut}</button>
        </header>

        <section aria-labelledby="sessions-heading">
          <header>
            <h2 id="sessions-heading" tabindex="-1">${words.sessions}</h2>
            <button id="end-others" type="button" class="quiet" hidden>${words.endOthers}</button>
          </header>
          ${messages()}
          <ul id="sessions"></ul>
        </section>

        <section aria-labelledby="password-heading">
          <h2 id="password-heading">${words.changePassword}</h2>
          ${form('password-form', words.changePassword, fields)}
        </section>

        ${factors && security(texts, factors)}

        <section aria-labelledby="events-heading">
          <h2 id="events-heading" tabindex="-1">${words.events}</h2>
          <ul id="events"></ul>
        </section>
        ${byMail && profile(texts)} ${(byMail || factors !== undefined) && stepUp(texts, factors)}
      </div>`,
  };
};
