import type { DataSource } from 'typeorm';
import type { SmtpMail } from '../../support/smtp-server.js';

/** A mail as the outbox had it at the end. */
export interface OutboxEntry {
  id: string;
  template: string;
  recipient: string;
  isSent: boolean;
  /** Its link can no longer be used, so that it did not have to be sent. */
  isDead: boolean;
}

/** One change of whether an action is used up. */
export interface ActionEntry {
  id: string;
  wasUsed: boolean;
  isUsed: boolean;
}

/** What was acknowledged, so that somebody must get this mail. */
export type Debt = Pick<OutboxEntry, 'template' | 'recipient'>;

/** One attempt at a link, repeated until it was answered, and how each time ended. */
export interface Attempt {
  /** What works afterwards if it succeeded, such as a password. */
  value: string;
  answers: ('done' | 'refused' | 'unanswered')[];
}

/** A fresh link, what was tried with it, and what worked afterwards. */
export interface LinkUse {
  attempts: Attempt[];
  works: string[];
}

const LEASED_LONG = 'hold_leases';

/**
 * Makes PostgreSQL record every use of an action from now on. The leases of killed instances do not end until
 * {@link endLeases}, however long the kills take: then no mail is under way at two kills.
 */
export async function keepMailLedger(postgres: DataSource): Promise<void> {
  await postgres.query(`
    CREATE TABLE action_ledger (n bigserial PRIMARY KEY, id uuid, was_used boolean, is_used boolean);
    CREATE FUNCTION write_action_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO action_ledger (id, was_used, is_used)
        VALUES (NEW.id, OLD.consumed_at IS NOT NULL, NEW.consumed_at IS NOT NULL);
      RETURN NULL;
    END $$;
    CREATE TRIGGER action_ledger AFTER UPDATE OF consumed_at ON auth_actions
      FOR EACH ROW EXECUTE FUNCTION write_action_ledger();
    CREATE FUNCTION ${LEASED_LONG}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      NEW.leased_until := NEW.leased_until + interval '1 hour';
      RETURN NEW;
    END $$;
    CREATE TRIGGER ${LEASED_LONG} BEFORE UPDATE OF leased_until ON auth_mails
      FOR EACH ROW EXECUTE FUNCTION ${LEASED_LONG}();`);
}

/** The leases that are left belong to instances that were killed. */
export async function endLeases(postgres: DataSource): Promise<void> {
  await postgres.query(`
    DROP TRIGGER ${LEASED_LONG} ON auth_mails;
    UPDATE auth_mails SET leased_until = now() WHERE leased_until IS NOT NULL;`);
}

/** How many mails wait, and how many of them have a lease. */
export async function waitingMails(postgres: DataSource): Promise<{ queued: number; leased: number }> {
  const [row] = await postgres.query<{ queued: number; leased: number }[]>(
    `SELECT count(*)::int AS queued, count(leased_until)::int AS leased FROM auth_mails
     WHERE sent_at IS NULL AND failed_at IS NULL`,
  );
  return row!;
}

export async function readMailLedger(postgres: DataSource) {
  return {
    outbox: await postgres.query<OutboxEntry[]>(
      `SELECT mail.id, template, recipient, sent_at IS NOT NULL AS "isSent",
         action.id IS NOT NULL AND (consumed_at IS NOT NULL OR action.epoch <> COALESCE(account.epoch, 0)) AS "isDead"
       FROM auth_mails AS mail LEFT JOIN auth_actions AS action ON action.id = mail.action_id
         LEFT JOIN auth_accounts AS account ON account.user_id = action.user_id`,
    ),
    actions: await postgres.query<ActionEntry[]>(
      'SELECT id, was_used AS "wasUsed", is_used AS "isUsed" FROM action_ledger ORDER BY n',
    ),
  };
}

/** Each mail of the outbox arrives once, or twice after a kill, with its own id; and nothing else arrives. */
export function brokenMails(
  outbox: readonly OutboxEntry[],
  arrived: readonly Pick<SmtpMail, 'messageId' | 'to'>[],
): string[] {
  const times = new Map<string, number>();
  for (const { messageId, to } of arrived) {
    const key = `${messageId.slice(1).split('@')[0]} ${to.join()}`;
    times.set(key, (times.get(key) ?? 0) + 1);
  }
  const broken = outbox.flatMap(({ id, template, recipient, isSent, isDead }) => {
    const key = `${id} ${recipient}`;
    const count = times.get(key) ?? 0;
    times.delete(key);
    return [
      ...(isSent ? [] : [`${template} ${id} still waits`]),
      ...(count > 0 || isDead ? [] : [`${template} ${id} never arrived`]),
      ...(count > 2 ? [`${template} ${id} arrived ${count} times`] : []),
    ];
  });
  return [...broken, ...[...times.keys()].map((key) => `${key} arrived, but is not in the outbox`)];
}

/** For everything that was acknowledged there is a mail. A request without an answer may have led to more. */
export function brokenDebts(debts: readonly Debt[], outbox: readonly OutboxEntry[]): string[] {
  const left = new Map<string, number>();
  const key = ({ template, recipient }: Debt) => `${template} to ${recipient}`;
  for (const entry of outbox) left.set(key(entry), (left.get(key(entry)) ?? 0) + 1);
  return debts.flatMap((debt) => {
    const mails = left.get(key(debt)) ?? 0;
    left.set(key(debt), mails - 1);
    return mails > 0 ? [] : [`${key(debt)} was acknowledged, but never written`];
  });
}

/** An action is used up once, and stays so. */
export function brokenActions(entries: readonly ActionEntry[]): string[] {
  const used = new Set<string>();
  return entries.flatMap(({ id, wasUsed, isUsed }) => {
    if (wasUsed) return isUsed ? [] : [`${id} can be used again`];
    if (!isUsed) return [];
    const broken = used.has(id) ? [`${id} was used up twice`] : [];
    used.add(id);
    return broken;
  });
}

/** Of all attempts at a fresh link exactly one succeeds, and what it chose is the one thing that works afterwards. */
export function brokenUse({ attempts, works }: LinkUse): string[] {
  const done = attempts.filter(({ answers }) => answers.includes('done'));
  const perhaps = attempts.filter(({ answers }) => answers.includes('unanswered'));
  const winners = (done.length > 0 ? done : perhaps).map(({ value }) => value);
  return [
    ...(done.length > 1 ? ['a link was accepted twice'] : []),
    ...(winners.length === 0 ? ['a fresh link was refused'] : []),
    ...(works.length === 1 ? [] : [`${works.length} of what was tried works afterwards`]),
    ...works
      .filter((value) => winners.length > 0 && !winners.includes(value))
      .map(() => 'what was refused works'),
  ];
}
