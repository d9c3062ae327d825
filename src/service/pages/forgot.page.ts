import { field, form, messages } from './fields.js';
import { html } from './html.js';
import type { PageTemplate } from './page.js';

/** Asks for the address to which a link for a new password is mailed. Says the same for every address. */
export const forgotPage: PageTemplate = ({ texts }) => {
  const { title, text, submit, done } = texts.flows.forgot;
  const email = field(texts, {
    name: 'email',
    label: texts.email,
    type: 'email',
    autocomplete: 'username',
    autofocus: true,
  });
  return {
    title,
    script: 'forgot',
    data: { done },
    main: html` <h1>${title}</h1>
      ${messages()}
      <div id="content">
        <p>${text}</p>
        ${form('form', submit, email)}
      </div>
      <p class="other"><a href="/account/sign-in">${texts.signIn.title}</a></p>`,
  };
};
