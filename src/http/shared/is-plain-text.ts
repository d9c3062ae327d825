import { ValidateBy } from 'class-validator';

/** Text a database and a log can hold: well-formed Unicode without control characters. */
export const IsPlainText = () =>
  ValidateBy({
    name: 'isPlainText',
    validator: {
      validate: (value) => typeof value === 'string' && value.isWellFormed() && !/\p{Cc}/u.test(value),
      defaultMessage: (args) => `${args?.property} must be text without control characters`,
    },
  });
