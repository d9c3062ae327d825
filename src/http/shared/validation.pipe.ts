import { type ArgumentMetadata, type ValidationError, ValidationPipe } from '@nestjs/common';
import * as transformerPackage from 'class-transformer';
import { validate } from 'class-validator';
import type { ErrorDetail } from '../../errors/auth-error.js';
import { ValidationFailedError } from '../../errors/auth-errors.js';
import { excessiveField } from './nesting.js';

class BodyValidationPipe extends ValidationPipe {
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    // Nest and class-transformer recurse into the value before they look at its type.
    const field = excessiveField(value);
    if (field !== undefined)
      throw new ValidationFailedError({
        details: [
          { field: shortened(field), message: 'must not be nested this deeply or have this many members' },
        ],
      });
    return super.transform(value, metadata);
  }
}

/** The client chooses the names of unknown fields. */
function shortened(name: string): string {
  return name.slice(0, 50);
}

/** Validates the bodies of Latchkey's own routes and drops unknown fields, whatever global pipes the host has. */
export const bodyValidation: ValidationPipe = new BodyValidationPipe({
  // Nest would look for them among the host's packages, where they need not be.
  validatorPackage: { validate },
  transformerPackage,
  whitelist: true,
  transform: true,
  validationError: { target: false, value: false },
  exceptionFactory: (errors: ValidationError[]) =>
    new ValidationFailedError({
      details: errors.flatMap((error) => detailsOf(error)),
    }),
});

/** One entry for each field, also inside objects and lists: `address.city`, `tags.0`. */
function detailsOf({ property, constraints, children = [] }: ValidationError, path = ''): ErrorDetail[] {
  const field = path + property;
  if (children.length > 0) return children.flatMap((child) => detailsOf(child, `${field}.`));
  return [{ field, message: Object.values(constraints ?? {}).at(-1) ?? `${field} is not valid` }];
}
