import type { DoctorAdvice, Finding } from './finding.js';

const MAX_DIFFERENCE_MS = 5_000;

const CODES_TOO =
  'codes of authenticator apps live for 30 s by the clock of the database, so it must be the right one';

/** What the database's clock showed at a moment between two of this machine's. All in milliseconds since 1970. */
export interface ComparedClocks {
  asked: number;
  database: number;
  answered: number;
}

/**
 * Judges the difference of the clocks. The database has looked at its own somewhere between question and answer: halfway
 * is never wrong by more than half of the time that both took. @param totp whether there are authenticator apps
 */
export function examineClock(
  { asked, database, answered }: ComparedClocks,
  advice: DoctorAdvice,
  totp: boolean,
): Finding {
  const difference = Math.round(Math.abs(database - (asked + answered) / 2));
  const message = `differs from the database clock by ${difference} ms`;
  if (difference <= MAX_DIFFERENCE_MS) return { check: 'clock', state: 'ok', message };
  const consequence = totp ? `; ${CODES_TOO}` : '';
  return { check: 'clock', state: 'problem', message: `${message}: ${advice.clock}${consequence}` };
}
