import type { DataSource } from 'typeorm';
import { type AuditReceiverStatus, ReceiverStore } from '../../audit-export/receiver.store.js';
import { MISSING_PRIVILEGE, Renumbering } from '../../audit-export/renumber.js';
import { Leases } from '../../database/leases.js';

/** A finding of the doctor. */
type Found = { check: string; state: 'ok' | 'warning' | 'problem'; message: string };

const MAX_LAG_SECONDS = 15 * 60;
const RESTORED =
  'a backup of another server was restored: the next instance that sends events, or the next reader, puts them in order';

/** Checks the order of the audit trail, the receivers with these names, and those that have a cursor. Never rejects. */
export async function examineAuditReceivers(source: DataSource, names: readonly string[]): Promise<Found[]> {
  try {
    const known = await new ReceiverStore(source).list();
    return [
      ...(await examineOrder(source)),
      ...names.map((name) =>
        examineConfigured(
          name,
          known.find((each) => each.name === name),
        ),
      ),
      ...known.filter(({ name }) => !names.includes(name)).map(examineOther),
    ];
  } catch (error) {
    return [{ check: 'audit export', state: 'problem', message: (error as Error).message }];
  }
}

async function examineOrder(source: DataSource): Promise<Found[]> {
  const renumbering = new Renumbering(source, new Leases(source));
  if (!(await renumbering.isNeeded())) return [];
  return (await renumbering.isAllowed())
    ? [{ check: 'audit export', state: 'warning', message: RESTORED }]
    : [{ check: 'audit export', state: 'problem', message: MISSING_PRIVILEGE }];
}

function examineConfigured(name: string, status: AuditReceiverStatus | undefined): Found {
  if (!status) return finding(name, 'ok', 'has not begun yet');
  const { failingSince, lastError, deadLetters, lost, lagSeconds, heldBack } = status;
  if (failingSince)
    return finding(name, 'warning', `has been failing since ${failingSince.toISOString()}: ${lastError}`);
  if (lagSeconds > MAX_LAG_SECONDS) {
    const why = heldBack ? ': a transaction that has written something is still open' : '';
    return finding(name, 'warning', `is ${Math.round(lagSeconds / 60)} minutes behind${why}`);
  }
  if (deadLetters > 0)
    return finding(
      name,
      'warning',
      `did not take ${deadLetters} events: see latchkey audit dead-letters list`,
    );
  if (lost > 0) return finding(name, 'warning', `never got ${lost} events, which have been deleted`);
  return finding(name, 'ok', 'is up to date');
}

/** One that is removed or renamed, or that somebody exports to: the row does not say which. */
function examineOther({ name, lagSeconds }: AuditReceiverStatus): Found {
  const behind = lagSeconds > MAX_LAG_SECONDS;
  const lag = behind
    ? `, is ${Math.round(lagSeconds / 60)} minutes behind, and keeps events from cleanup`
    : '';
  return finding(
    name,
    behind ? 'warning' : 'ok',
    `is not configured${lag}: latchkey audit export --receiver ${name} may read it; if nothing does, latchkey audit receivers --remove ${name}`,
  );
}

function finding(name: string, state: Found['state'], message: string): Found {
  return { check: 'audit export', state, message: `${name} ${message}` };
}
