import { field, form, messages } from './fields.js';
import { type Html, html } from './html.js';
import type { PageTemplate } from './page.js';
import type { Texts } from './texts/en.js';
import { counted } from './texts/texts.js';

/** Where a page leads to, with the words for it. */
const PLACES = {
  '/account': ({ account }: Texts) => account.title,
  '/account/sign-in': ({ signIn }: Texts) => signIn.title,
  '/account/forgot': ({ flows }: Texts) => flows.forgot.title,
};

type Place = keyof typeof PLACES;
type LinkName = keyof Texts['flows']['links'];

const otherPlace = (id: string, place: Place, texts: Texts): Html =>
  html`<p id="${id}" class="other" hidden><a href="${place}">${PLACES[place](texts)}</a></p>`;

/**
 * The page of a mailed link, whose script sends the token. Nothing happens until the button is pressed: programs that
 * look for harmful links open them, too.
 * @param next where people go on to
 * @param otherwise where people go if the link does not work
 */
function linkPage(
  name: LinkName,
  next: Place,
  otherwise: Place,
  fields: (view: Parameters<PageTemplate>[0]) => Html = () => html``,
): PageTemplate {
  return (view) => {
    const { texts } = view;
    const { title, text, submit, done } = texts.flows.links[name];
    return {
      title,
      script: 'link',
      takesToken: true,
      data: { link: { name, done } },
      main: html` <h1>${title}</h1>
        <p>${text}</p>
        ${messages()} ${form('form', submit, fields(view))} ${otherPlace('next', next, texts)}
        ${otherPlace('otherwise', otherwise, texts)}`,
    };
  };
}

/** Asked for in another browser than the one in which the registration began. */
const chosenPassword: typeof newPassword = ({ texts }) =>
  html`<fieldset id="asked" hidden disabled>
    ${field(texts, { name: 'password', label: texts.password, type: 'password', autocomplete: 'current-password' })}
  </fieldset>`;

const newPassword = ({ texts, minLength, locale }: Parameters<PageTemplate>[0]): Html =>
  field(texts, {
    name: 'newPassword',
    label: texts.account.new,
    type: 'password',
    autocomplete: 'new-password',
    hint: counted(texts.passwordRule, minLength, locale),
  });

/** The pages that mails lead to with a token, by their address: the names are those of `LINK_PAGES`. */
export const LINK_TEMPLATES: Readonly<Record<LinkName, PageTemplate>> = {
  confirm: linkPage('confirm', '/account', '/account/sign-in', chosenPassword),
  verify: linkPage('verify', '/account', '/account'),
  reset: linkPage('reset', '/account/sign-in', '/account/forgot', newPassword),
  'confirm-email': linkPage('confirm-email', '/account', '/account'),
  'undo-email': linkPage('undo-email', '/account/forgot', '/account/forgot'),
  restore: linkPage('restore', '/account/sign-in', '/account/sign-in'),
  'cancel-reset': linkPage('cancel-reset', '/account', '/account'),
};
