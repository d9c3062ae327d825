import { isPattern } from './regular-text.js';

/** Words that begin a placeholder, whatever follows: too long to begin a random secret by chance. */
const PLACEHOLDER =
  /^(?:changeme|changethis|changeit|replaceme|replacethis|replacewith|placeholder|insertyour|insertsecret|enteryour|setyour|your[a-z0-9]{0,24}(?:secret|key|token|pepper|password)|mysecret|mysupersecret|supersecret|topsecret|somesecret|thisisa|donotuse|dontuse)/;

/** What only placeholders and examples contain: too long to be in a random secret by chance. */
const EXAMPLE =
  /pleasechange|changemeto|changethis|changebefore|changeinprod|replaceme|replacethis|donotuse|dontuse|notforprod|useinprod|inproduction|placeholder|stringsecret|bitsecret|secretkey|secretstring|secretvalue|secrettoken|jwtsecret|longsecret|ultrasecure|supersecure|notasecret|notsosecret|verysecret|keyboardcat|randomstring|randomsecret|atleast\d+(?:bit|byte|char)/;

/** Words that make a placeholder together with others like them, with digits, and with one repeated letter. */
const WORDS =
  /secret|password|passwd|changeit|change|replace|example|placeholder|default|dummy|sample|testing|tests|test|todo|fixme|development|access|refresh|encryption|webhook|metrics|pepper|token|admin|jwt|key|dev|xxx+|foo|bar|baz/g;

/**
 * Says why a secret can be guessed although it may be long, in words that follow its name; `undefined` if that is not
 * evident. It finds what people leave in place or type in a hurry; it does not measure randomness.
 */
export function weaknessOf(secret: string): string | undefined {
  if (/^(.)\1*$/su.test(secret)) return 'is one repeated character';
  const letters = secret.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  if (PLACEHOLDER.test(letters) || EXAMPLE.test(letters)) return 'is a placeholder';
  const rest = letters.replaceAll(WORDS, '');
  const isPadded = rest.length < letters.length && /^(?:\d*|(.)\1*)$/.test(rest);
  if (isPadded) return 'is a placeholder';
  return isPattern(secret) ? 'follows a pattern' : undefined;
}
