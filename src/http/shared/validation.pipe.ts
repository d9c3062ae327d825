import { type ValidationError, ValidationPipe } from '@nestjs/common';
import { ValidationFailedError } from '../../errors/auth-errors.js';

/** Validates the bodies of Latchkey's own routes and drops unknown fields, whatever global pipes the host has. */
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
