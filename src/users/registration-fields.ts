import type { RegisterDto } from './register.dto.js';

/**
 * The fields that a host's class for registrations adds to those of `RegisterDto`. Without a class: any fields.
 */
export type RegistrationFields<Dto extends RegisterDto = RegisterDto> = RegisterDto extends Dto
  ? Record<string, unknown>
  : Omit<Dto, keyof RegisterDto>;

/** What a field never sets, because Latchkey decides it. */
const PROTECTED = new Set([
  'id',
  'email',
  'name',
  'password',
  'passwordHash',
  'roles',
  'permissions',
  'disabled',
  'disabledAt',
  'createdAt',
  'updatedAt',
  '__proto__',
  'constructor',
  'prototype',
]);

/** The fields that may become members of a user. */
export function storableFields(fields: object = {}): Record<string, unknown> {
  const entries = Object.entries(fields).filter(
    ([name, value]) => !PROTECTED.has(name) && value !== undefined,
  );
  return Object.fromEntries(entries);
}
