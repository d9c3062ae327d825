import type { Factors } from './factors.js';
import { field, form } from './fields.js';
import { type Html, html } from './html.js';
import type { Texts } from './texts/en.js';

type Way = keyof Texts['security']['answers']['use'];

/** The ways to prove a second factor. */
export const factorWays = ({ totp, passkeys, recoveryCodes }: Factors): Way[] => [
  ...(totp ? (['totp'] as const) : []),
  ...(passkeys ? (['passkey'] as const) : []),
  ...(recoveryCodes ? (['recovery-codes'] as const) : []),
];

/**
 * A form in which people prove who they are in one of several ways: `answers` in `assets/answers.js`. Nothing of it is shown
 * until the script knows what they have.
 * @param more what is asked besides
 */
export function answerForm(texts: Texts, id: string, ways: Way[], submit: string, more?: Html): Html {
  const { use, none } = texts.security.answers;
  const fields = ways.map((way) => FIELDS[way]?.(texts, id)).filter((each) => each !== undefined);
  const others = ways.map(
    (way) => html`<button type="button" class="quiet all" data-use="${way}" hidden>${use[way]}</button>`,
  );
  return form(
    id,
    submit,
    html`<p class="none" hidden>${none}</p>
      ${fields}${more}`,
    html`${others}`,
  );
}

const fieldset = (way: Way, content: Html): Html =>
  html`<fieldset data-answer="${way}" hidden disabled>${content}</fieldset>`;

/** A passkey needs no field. */
const FIELDS: Record<Way, ((texts: Texts, id: string) => Html) | undefined> = {
  password: (texts, id) =>
    fieldset(
      'password',
      field(texts, {
        name: 'password',
        id: `${id}-password`,
        label: texts.password,
        type: 'password',
        autocomplete: 'current-password',
      }),
    ),
  totp: (texts, id) => fieldset('totp', codeField(texts, `${id}-code`)),
  passkey: undefined,
  'recovery-codes': (texts, id) =>
    fieldset(
      'recovery-codes',
      field(texts, {
        name: 'recoveryCode',
        id: `${id}-recovery-code`,
        label: texts.security.answers.recoveryCode,
        autocomplete: 'off',
        hint: texts.security.answers.recoveryCodeHint,
        maxLength: 100,
      }),
    ),
};

/** The field for a code of an authenticator app. */
export const codeField = (texts: Texts, id: string, hint?: string): Html =>
  field(texts, {
    name: 'code',
    id,
    label: texts.security.answers.code,
    autocomplete: 'one-time-code',
    hint: hint ?? texts.security.answers.codeHint,
    digits: true,
  });
