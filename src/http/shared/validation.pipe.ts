import { type ArgumentMetadata, type ValidationError, ValidationPipe } from '@nestjs/common';
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
