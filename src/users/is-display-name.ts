import { ValidateBy } from 'class-validator';
import { displayNameProblem } from './display-name.js';

/** Validates a name that other people see: see `displayNameProblem`. */
export const IsDisplayName = () =>
  ValidateBy({
    name: 'isDisplayName',
    validator: {
      validate: (value) => displayNameProblem(value) === null,
      defaultMessage: (args) => `${args?.property} ${displayNameProblem(args?.value)}`,
    },
  });
