import type { DataSource } from 'typeorm';
import { addTotp, codeFor, register, rest, ticketFor } from '../../support/second-factors.js';
import type { ServiceProcess } from './service.js';

/** Somebody with an authenticator app, recovery codes, a trusted device and two sessions. */
export interface ResetOwner {
  id: string;
  email: string;
  accessTokens: string[];
}

/** What is stored about an owner. */
export interface OwnerState {
  epoch: number;
  /** Whether a reset is requested, or has begun and not ended. */
  isPending: boolean;
  isBraked: boolean;
  factors: number;
  devices: number;
  sessions: number;
  /** Links that would still cancel the reset. */
  links: number;
  /** Mails and events that say that the factors were removed. */
  mails: number;
  events: number;
}

export async function enrolOwner(service: ServiceProcess, database: DataSource): Promise<ResetOwner> {
  const { id, email, token } = await register(service);
  const { secret } = await addTotp(service, token);
  await rest({ database }, id);
  const mfaToken = await ticketFor(service, email);
  const body = { mfaToken, code: codeFor(secret), trustDevice: true };
  const login = await service.client.post('/auth/login/mfa', body);
  if (login.status !== 200) throw new Error(`login: ${login.status} ${JSON.stringify(login.body)}`);
  return { id, email, accessTokens: [token, login.body.accessToken] };
}

export async function stateOf({ id }: ResetOwner, database: DataSource): Promise<OwnerState> {
  const [state] = await database.query<OwnerState[]>(
    `SELECT epoch, factors_reset_at IS NOT NULL AS "isPending",
       COALESCE(recovered_until > now(), false) AS "isBraked",
       (SELECT count(*) FROM auth_factors WHERE user_id = $1)::int AS factors,
       (SELECT count(*) FROM auth_trusted_devices WHERE user_id = $1)::int AS devices,
       (SELECT count(*) FROM refresh_tokens WHERE user_id = $1 AND revoked_at IS NULL)::int AS sessions,
       (SELECT count(*) FROM auth_actions
        WHERE user_id = $1 AND purpose = 'cancel-factors-reset' AND consumed_at IS NULL)::int AS links,
       (SELECT count(*) FROM auth_mails
        WHERE user_id = $1 AND template = 'security-notice' AND data ->> 'notice' = 'factors-reset')::int AS mails,
       (SELECT count(*) FROM auth_events WHERE user_id = $1 AND type = 'factors-reset')::int AS events
     FROM auth_accounts WHERE user_id = $1`,
    [id],
  );
  return state!;
}

/** A reset that is over has removed and ended everything, and has told of it: the owner once, the audit trail at least once. */
export function brokenReset(before: OwnerState, after: OwnerState): string[] {
  const gone = ['factors', 'devices', 'sessions', 'links'] as const;
  return [
    ...(after.isPending ? ['it is not over'] : []),
    ...(after.isBraked ? [] : ['nothing brakes whoever comes now']),
    ...gone.filter((what) => after[what] > 0).map((what) => `${after[what]} ${what} are left`),
    ...(after.epoch === before.epoch + 1 ? [] : [`${after.epoch - before.epoch} times removed`]),
    ...(after.mails === 1 ? [] : [`${after.mails} mails`]),
    ...(after.events > 0 ? [] : ['no event']),
  ];
}

/** Makes each commit of a reset take a moment, so that most kills come between two statements that depend on each other. */
export async function slowDown(database: DataSource): Promise<void> {
  await database.query(`
    CREATE SEQUENCE reset_work;
    CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM nextval('reset_work'), pg_sleep(random() * 0.03);
      RETURN NULL;
    END $$;`);
  for (const [change, table] of [
    ['UPDATE OF factors_reset_at', 'auth_accounts'],
    ['UPDATE OF revoked_at', 'refresh_tokens'],
    ['INSERT', 'auth_mails'],
    ['INSERT', 'auth_events'],
  ])
    await database.query(
      `CREATE CONSTRAINT TRIGGER linger AFTER ${change} ON ${table} DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW EXECUTE FUNCTION linger()`,
    );
}

/** Grows with everything that a reset does, also before that is committed. */
export async function workOn(database: DataSource): Promise<number> {
  const [{ work }] = await database.query('SELECT last_value::int AS work FROM reset_work');
  return work;
}
