import { ValidateBy } from 'class-validator';
import { canonicalEmail } from './email.js';

/** Validates an email address: it must have a canonical form, by which accounts are identified. */
export const IsEmailAddress = () =>
  ValidateBy({
    name: 'isEmailAddress',
    validator: {
      validate: (value) => typeof value === 'string' && canonicalEmail(value) !== null,
      defaultMessage: () => 'email must be an email address, such as ada@example.com',
    },
  });
