import { field, form, messages } from './fields.js';
import { html } from './html.js';
import { linkTo } from './links.js';
import type { PageTemplate } from './page.js';
import { secondStep, stepsData } from './second-step.js';
import { counted } from './texts/texts.js';

export const signUpPage: PageTemplate = (view) => {
  const { texts, locale, next, minLength, factors, mayBeSignedIn } = view;
  const hint = counted(texts.passwordRule, minLength, locale);
  const fields = html`${field(texts, { name: 'name', label: texts.name, autocomplete: 'name', optional: true, maxLength: 200 })}
  ${field(texts, { name: 'email', label: texts.email, type: 'email', autocomplete: 'username' })}
  ${field(texts, { name: 'password', label: texts.password, type: 'password', autocomplete: 'new-password', hint })}`;
  return {
    title: texts.signUp.title,
    script: 'sign-up',
    data: { lookIntoMail: texts.flows.lookIntoMail, ...(factors && stepsData(texts, factors)) },
    main: html` <h1>${texts.signUp.title}</h1>
      ${messages()}
      <div id="content" ${mayBeSignedIn && html` hidden`}>
        ${form('form', texts.signUp.submit, fields)}
        <p class="other">
          ${texts.signUp.other} <a href="${linkTo('sign-in', next)}">${texts.signIn.submit}</a>
        </p>
      </div>
      ${factors && secondStep(view, factors)}`,
  };
};
