import { type ArgumentMetadata, Inject, Injectable, type PipeTransform } from '@nestjs/common';
import { ValidationFailedError } from '../../errors/auth-errors.js';
import { RegisterDto } from '../../users/register.dto.js';
import { bodyValidation } from '../shared/validation.pipe.js';

/** The injection token of the class that describes the body of a registration. */
export const RegisterBody = Symbol('RegisterBody');

type RegisterBody = new () => RegisterDto;

const BASE_FIELDS = ['email', 'password', 'name'] satisfies (keyof RegisterDto)[];

/** Validates the body of a registration against the class of the option `registration.dto`. */
@Injectable()
export class RegisterBodyPipe implements PipeTransform {
  constructor(@Inject(RegisterBody) private readonly dto: RegisterBody) {}

  async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const body: object = await bodyValidation.transform(value, {
      ...metadata,
      type: 'body',
      metatype: this.dto,
    });
    for (const [field, given] of Object.entries(fieldsOf(body, this.dto) ?? {}))
      if (!isStorable(given))
        throw new ValidationFailedError({
          details: [{ field, message: `${field} must be text without NUL characters or broken characters` }],
        });
    return body;
  }
}

/**
 * The fields that a host's class adds, as a plain object; `undefined` without such a class. Only a body that has been
 * validated has any: a subclass of the controller may pass on something else.
 */
export function fieldsOf(body: object, dto: RegisterBody): Record<string, unknown> | undefined {
  if (dto === RegisterDto || !(body instanceof dto)) return undefined;
  const entries = Object.entries(body).filter(
    ([name, value]) =>
      !(BASE_FIELDS as string[]).includes(name) && name !== '__proto__' && value !== undefined,
  );
  return Object.fromEntries(entries);
}

/** PostgreSQL cannot store some texts. The depth of a body is limited. */
function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return !value.includes('\0') && value.isWellFormed();
  if (typeof value !== 'object' || value === null || value instanceof Date) return true;
  return Object.entries(value).every(([name, inside]) => isStorable(name) && isStorable(inside));
}
