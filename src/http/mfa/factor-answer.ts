import { ValidationFailedError } from '../../errors/auth-errors.js';
import type { FactorAnswer } from '../../mfa/factor-kind.js';

const MEMBERS = ['code', 'recoveryCode', 'passkey'] as const satisfies (keyof FactorAnswer)[];

/**
 * The one answer in a body that has been validated.
 * @param other what else the body may have in its place
 * @throws ValidationFailedError if there is none, or more than one
 */
export function answerOf(body: object, other?: 'password'): FactorAnswer & { password?: string } {
  const names: string[] = [...(other ? [other] : []), ...MEMBERS];
  const given = Object.entries(body).filter(([name, value]) => names.includes(name) && value != null);
  if (given.length === 1) return Object.fromEntries(given) as FactorAnswer & { password?: string };
  const field = names[0]!;
  const message = `${given.length === 0 ? 'must be given' : 'only one answer may be given'}`;
  throw new ValidationFailedError({ details: [{ field, message: `${field}: ${message}` }] });
}
