import { InternalError } from '../errors/auth-errors.js';
import { isTransient } from '../errors/database-errors.js';
import { callHost, isHttpException } from '../errors/host-call.js';
import type { CreationHook } from '../users/user-store.js';

const CALL = {
  name: 'registration.onRegister',
  expected: 'nothing',
  fits: () => true,
  passesErrors: true,
};

/**
 * Calls the host's hook in bounded time. What the host throws for the client passes, and so do conflicts and an
 * unavailable database, which the store handles. Any other error is the host's fault, and the log says so.
 */
export function checkedCreationHook(onRegister: CreationHook): CreationHook {
  return async (...args) => {
    try {
      await callHost<unknown>(CALL, () => onRegister(...args));
    } catch (error) {
      if (isHttpException(error) || isTransient(error)) throw error;
      throw new InternalError({ cause: new Error(`${CALL.name} failed`, { cause: error }) });
    }
  };
}
