import { canonicalEmail } from '../users/email.js';

/**
 * Returns the one form in which an address may reach a mail server: a plain `local@domain` in ASCII, without display name,
 * comment, quotes, list or line break. Mail libraries read `a@x, b@evil` as two recipients and `"a@b x"@c` as another one.
 * @throws Error that does not contain the text
 */
export function mailAddress(text: string): string {
  const address = canonicalEmail(text);
  if (address === null) throw new Error('The recipient is not a plain email address');
  return address;
}
