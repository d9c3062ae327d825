import type { DataSource } from 'typeorm';
import { FactorSecrets } from '../../mfa/factor-secrets.js';
import { PostgresFactorStore } from '../../mfa/postgres-factor.store.js';
import { factorEncryption } from '../factor-encryption.js';
import { reasonOf } from '../../database/without-passwords.js';
import type { DoctorAdvice, Finding } from './finding.js';

/** SQLSTATEs undefined_table and insufficient_privilege: the checks of the schema and of the privileges report them. */
const REPORTED_ELSEWHERE = /^(?:42P01|42501)$/;

/**
 * Checks that the secrets of authenticator apps can be decrypted, and whether one still depends on an older encryption
 * secret. Changes nothing. Never rejects. @param secrets newest first
 */
export async function examineFactors(
  source: DataSource,
  secrets: readonly string[],
  advice: DoctorAdvice,
): Promise<Finding[]> {
  try {
    const { unreadable, older, total } = await countSecrets(source, secrets);
    const findings: Finding[] = [];
    if (unreadable > 0)
      findings.push(
        finding('problem', `${unreadable} of ${apps(total)} cannot be decrypted: ${advice.factors}`),
      );
    if (older > 0)
      findings.push(
        finding(
          'warning',
          `${older} of ${apps(total)} are encrypted under an older secret: run latchkey mfa rotate before that is removed`,
        ),
      );
    if (findings.length > 0) return findings;
    return [finding('ok', `${apps(total)} are encrypted under the newest secret`)];
  } catch (error) {
    const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
    if (REPORTED_ELSEWHERE.test(String(cause?.code ?? code))) return [];
    return [finding('problem', `cannot be read: ${reasonOf(error)}`)];
  }
}

/** Whether an older secret is still needed; true if that is not known. */
export async function needsOlderFactorSecrets(source: DataSource, secrets: readonly string[]) {
  const counts = await countSecrets(source, secrets).catch(() => undefined);
  return !counts || counts.older + counts.unreadable > 0;
}

function countSecrets(source: DataSource, secrets: readonly string[]) {
  return new FactorSecrets(new PostgresFactorStore(source), factorEncryption(secrets)).count();
}

const apps = (total: number) => `${total} secrets of authenticator apps`;

function finding(state: Finding['state'], message: string): Finding {
  return { check: 'factors', state, message };
}
