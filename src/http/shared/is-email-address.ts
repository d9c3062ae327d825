import { ValidateBy } from 'class-validator';
import { canonicalEmail } from '../../users/email.js';

/** An address that has a canonical form: the one policy by which accounts are told apart. */
export const IsEmailAddress = () =>
  ValidateBy({
    name: 'isEmailAddress',
    validator: {
      validate: (value) => typeof value === 'string' && canonicalEmail(value) !== null,
      defaultMessage: () => 'email must be an e-mail address, such as ada@example.com',
    },
  });
