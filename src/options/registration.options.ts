import type { RegistrationFields } from '../users/registration-fields.js';
import { RegisterDto } from '../users/register.dto.js';
import type { CreationHook, RegistrationTransaction, UserRecord } from '../users/user-store.js';
import { group, hook, type Rule, type Rules, switchable } from './rules.js';

/** What a registration contains and does. */
export interface RegistrationOptions<Dto extends RegisterDto = RegisterDto> {
  /**
   * A class of yours that extends `RegisterDto`: the body of `POST /auth/register`, validated by class-validator.
   * `UserStore.create` receives its fields. Default: `RegisterDto`.
   */
  dto?: new () => Dto;
  /**
   * Called for each user who registers, in the transaction that creates the user. If it throws, there is no user. It has
   * five seconds, and is called again if the database had to undo the transaction because of a conflict. So use it for
   * the database only, and only through `manager`: another connection may never become free. Unless it
   * runs in a savepoint (`manager.transaction`), a failed statement undoes the transaction even if its error is caught:
   * the registration fails with 500.
   *
   * For the built-in user store. With a `userStore` of yours, do the same in its `create`, in your own transaction.
   * @param user a copy of the new user, with the columns of a `userEntity`; to change the user, write to the table
   * @param fields what the body has in addition to `email`, `password` and `name`
   */
  onRegister?(
    user: UserRecord,
    fields: RegistrationFields<Dto>,
    transaction: RegistrationTransaction,
  ): void | Promise<void>;
}

type RegisterDtoClass = new () => RegisterDto;

/** Returns its argument, so that `fields` in `onRegister` has the type that `dto` describes. */
export function defineRegistration<Dto extends RegisterDto>(
  options: RegistrationOptions<Dto>,
): RegistrationOptions {
  return options as unknown as RegistrationOptions;
}

const dto: Rule<RegisterDtoClass, RegisterDtoClass> = (check, option, given = RegisterDto) => {
  if (given === RegisterDto || Object(given).prototype instanceof RegisterDto) return given;
  const name = (typeof given === 'function' && given.name) || 'Mine';
  check.fail(
    option,
    `must be a class that extends RegisterDto: write class ${name} extends RegisterDto { … } and dto: ${name}`,
  );
  return RegisterDto;
};

const RULES = { dto, onRegister: hook<CreationHook> } satisfies Rules<RegistrationOptions>;

export const registration = switchable(group(RULES));
