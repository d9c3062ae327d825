import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import type { AccountRecords } from '../../actions/account-records.js';
import type { NewAction } from '../../actions/action-store.js';

/** Records under test, and a way to move their clock forward. */
export interface RecordsUnderTest {
  records: AccountRecords;
  /** Moves the clock of the records forward. */
  advance(seconds: number): Promise<void>;
}

export const HOUR = 3_600;
export const secretOf = (text: string) => createHash('sha256').update(text).digest();
export const A = secretOf('a');

/** An action that can be done with the secret `a`. */
export async function pending({ records }: RecordsUnderTest, more: Partial<NewAction> = {}) {
  const action: NewAction = { id: randomUUID(), purpose: 'reset-password', userId: randomUUID(), ...more };
  await records.actions.create(action);
  assert.equal(await records.actions.addSecret(action.id, A), true);
  return { id: action.id, userId: action.userId! };
}
