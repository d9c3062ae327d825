import type { DataSource } from 'typeorm';
import { runStatement } from '../../database/statement.js';
import { tableOf } from '../../database/table-of.js';
import { contextOf, KeyEncryption } from '../../keys/key-encryption.js';
import { StoredSigningKey } from '../../keys/signing-key.entity.js';
import { SigningKeyStore } from '../../keys/signing-key.store.js';
import { reasonOf } from '../../database/without-passwords.js';
import type { DoctorAdvice, Finding } from './finding.js';

/** SQLSTATEs undefined_table and insufficient_privilege: the checks of the schema and of the privileges report them. */
const REPORTED_ELSEWHERE = /^(?:42P01|42501)$/;
const SHOWN = 5;

/**
 * Checks that the keys of the ring can be opened, and that one of them signs now. Changes nothing, and starts no ring,
 * which would add a key. Never rejects.
 */
export async function examineKeys(
  source: DataSource,
  secrets: readonly string[],
  advice: DoctorAdvice,
): Promise<Finding[]> {
  try {
    const { keys, now } = await new SigningKeyStore(source, 0).load();
    const encryption = new KeyEncryption(secrets);
    const closed = keys.filter(
      ({ kid, algorithm, privateKey }) => encryption.decrypt(privateKey, contextOf(kid, algorithm)) === null,
    );
    const opened = keys.filter((key) => !closed.includes(key));
    const findings = closed.length > 0 ? [unopened(closed, keys.length, advice)] : [];
    if (keys.length === 0 && (await mayBeHidden(source))) return [hidden()];
    return [...findings, signing(opened, keys.length, now)];
  } catch (error) {
    if (REPORTED_ELSEWHERE.test(String((error as { code?: unknown }).code))) return [];
    return [keysFinding('problem', `cannot be read: ${reasonOf(error)}`)];
  }
}

function unopened(closed: StoredSigningKey[], total: number, { keys }: DoctorAdvice): Finding {
  const names = closed.slice(0, SHOWN).map(({ kid }) => kid);
  const more = closed.length > SHOWN ? ', …' : '';
  return keysFinding(
    'problem',
    `${closed.length} of ${total} cannot be opened (${names.join(', ')}${more}): ${keys}`,
  );
}

function signing(opened: StoredSigningKey[], total: number, now: Date): Finding {
  const current = opened.find(
    ({ activeAt, retiredAt }) => activeAt <= now && (retiredAt === null || retiredAt > now),
  );
  if (current)
    return keysFinding('ok', `${opened.length} in the ring, ${current.kid} signs (${current.algorithm})`);
  if (total === 0)
    return keysFinding(
      'warning',
      'there is no signing key yet: the first start makes one, and so does latchkey keys rotate',
    );
  const consequence = 'so nobody can log in';
  return keysFinding(
    'problem',
    opened.length < total
      ? `no key that can be opened signs, ${consequence}: check the secret; only if it is lost, remove them with latchkey keys remove, which replaces the last one`
      : `there is no signing key, ${consequence}: run latchkey keys rotate, which makes one`,
  );
}

async function mayBeHidden(source: DataSource): Promise<boolean> {
  const { rows } = await runStatement<{ active: boolean }>(source, {
    text: 'SELECT row_security_active($1::regclass) AS active',
    values: [tableOf(source, StoredSigningKey)],
  });
  return rows[0]!.active;
}

function hidden(): Finding {
  return keysFinding(
    'problem',
    'none can be seen: row-level security hides them, or there is none yet. Cure what the check of row security names first',
  );
}

export function keysFinding(state: Finding['state'], message: string): Finding {
  return { check: 'keys', state, message };
}
