import type { Operation } from './operation.js';

/** What may be true of an account from some time on. */
interface Standing {
  since: number;
  passwords: Set<string>;
  disabled: 'no' | 'maybe' | 'yes';
}

/** What the account has before it exists. */
const NONE = '';

/** A login needs the right password of an account that is not disabled, and nothing else. */
export function brokenPasswords(operations: readonly Operation[]): string[] {
  const standings = standingsOf(operations);
  return operations
    .filter(({ kind, outcome }) => kind === 'login' && outcome !== 'unknown')
    .flatMap(({ sentAt, at, password, outcome, error }) => {
      const during = standings.filter(
        ({ since }, i) => since <= at && (standings[i + 1]?.since ?? Infinity) >= sentAt,
      );
      const when = `a login sent at ${new Date(sentAt).toISOString()}`;
      if (outcome === 'done' || error === 'MFA_REQUIRED') {
        const couldPass = during.some(
          ({ passwords, disabled }) => passwords.has(password!) && disabled !== 'yes',
        );
        return couldPass ? [] : [`${when} passed with a password that was wrong, or of a disabled account`];
      }
      const mustPass = during.every(
        ({ passwords, disabled }) => disabled === 'no' && passwords.size === 1 && passwords.has(password!),
      );
      return mustPass && error === 'INVALID_CREDENTIALS'
        ? [`${when} was refused with the right password`]
        : [];
    });
}

/** Each change may be true from when it was sent, and is certain when it was acknowledged, or when a login has shown it. */
function standingsOf(operations: readonly Operation[]): Standing[] {
  const steps = operations
    .filter(({ kind }) => isStep(kind))
    .flatMap((operation) => [
      { time: operation.sentAt, operation, isAnswer: false },
      { time: operation.at, operation, isAnswer: true },
    ])
    .sort((a, b) => a.time - b.time);
  const standings: Standing[] = [{ since: 0, passwords: new Set([NONE]), disabled: 'no' }];
  for (const { time, operation, isAnswer } of steps)
    standings.push({ ...after(standings.at(-1)!, operation, isAnswer), since: time });
  return standings;
}

const isStep = (kind: Operation['kind']) =>
  ['register', 'login', 'change password', 'reset password', 'disable', 'enable'].includes(kind);

function after(before: Standing, { kind, outcome, password }: Operation, isAnswer: boolean): Standing {
  if (kind === 'disable' || kind === 'enable') {
    const certain = kind === 'disable' ? 'yes' : 'no';
    return { ...before, disabled: isAnswer && outcome === 'done' ? certain : 'maybe' };
  }
  // The address is taken by the same person, whose earlier request was not answered.
  if (isAnswer && kind === 'register' && outcome === 'refused')
    return { ...before, passwords: new Set([password!]) };
  // The new password: a change compares the old one again, so none that is under way can win later.
  if (isAnswer && outcome === 'done' && (kind !== 'login' || isNewest(before, password!)))
    return { ...before, passwords: new Set([password!]) };
  if (kind === 'login') return before;
  // Of a link, an earlier attempt may have used it.
  if (outcome === 'refused' && kind === 'change password')
    return { ...before, passwords: new Set([...before.passwords].filter((each) => each !== password)) };
  return { ...before, passwords: new Set([...before.passwords, password!]) };
}

/** That it works shows that it has replaced the others. An older one may still be replaced by a change under way. */
function isNewest({ passwords }: Standing, password: string): boolean {
  return [...passwords].at(-1) === password;
}
