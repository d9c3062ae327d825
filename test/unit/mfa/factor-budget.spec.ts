import { UnavailableError } from '../../../src/errors/auth-errors.js';
import { FactorBudget } from '../../../src/mfa/factor-budget.js';
import { InMemoryLoginAttempts } from '../../../src/users/in-memory-login-attempts.js';

/** Counts attempts, but can neither reset nor lower a count. */
class Failing extends InMemoryLoginAttempts {
  constructor(private readonly error: Error) {
    super({ freeFailures: 5, maxDelay: 900 });
  }
  override succeeded = () => Promise.reject(this.error);
  override giveBack = () => Promise.reject(this.error);
}

const budgetWith = (error: Error) => new FactorBudget(new Failing(error), { emit: () => undefined });
const broken = () => Promise.reject(new Error('the check itself'));

it('the outcome of an attempt stands if the database goes away before the count is corrected', async () => {
  const budget = budgetWith(new UnavailableError());
  expect(await budget.attempt('ada', async () => 'proven')).toBe('proven');
  await expect(budget.attempt('ada', broken)).rejects.toThrow('the check itself');
});

it('a count that cannot be corrected for another reason is an error, not a proof', async () => {
  const budget = budgetWith(new Error('no such column'));
  await expect(budget.attempt('ada', async () => 'proven')).rejects.toThrow('no such column');
  await expect(budget.attempt('ada', broken)).rejects.toThrow('no such column');
});
