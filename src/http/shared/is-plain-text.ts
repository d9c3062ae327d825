import { ValidateBy } from 'class-validator';

/** Validates text for a database and a log: well-formed Unicode without control characters. */
export const IsPlainText = () =>
  ValidateBy({
    name: 'isPlainText',
    validator: {
      validate: (value) => typeof value === 'string' && value.isWellFormed() && !/\p{Cc}/u.test(value),
      defaultMessage: (args) => `${args?.property} must be text without control characters`,
    },
  });
