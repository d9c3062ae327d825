import { type ValidationError, ValidationPipe } from '@nestjs/common';
import { ValidationFailedError } from '../../errors/auth-errors.js';

/** Checks the bodies of Latchkey's own routes; unknown members are dropped. A host's global pipes are its own matter. */
export const bodyValidation = new ValidationPipe({
  whitelist: true,
  transform: true,
  validationError: { target: false, value: false },
  exceptionFactory: (errors: ValidationError[]) =>
    new ValidationFailedError({
      details: errors.map(({ property, constraints }) => ({
        field: property,
        message: Object.values(constraints ?? {}).at(-1) ?? `${property} is not valid`,
      })),
    }),
});
