import { createParamDecorator, type ExecutionContext, type PipeTransform, type Type } from '@nestjs/common';
import { bodyValidation } from './validation.pipe.js';

interface Input {
  body?: unknown;
  query?: unknown;
}

/** Our own validation, although the parameter has a decorator of ours. */
const as = (type: 'body' | 'query'): PipeTransform => ({
  transform: (value: unknown, metadata) => bodyValidation.transform(value, { ...metadata, type }),
});

const input = createParamDecorator((part: keyof Input, context: ExecutionContext) => {
  return context.switchToHttp().getRequest<Input>()[part];
});

/**
 * Injects the body, validated only by us. Nest's `@Body()` would show it to the app's global pipes first, which may refuse
 * unknown fields, answer in another format, or know nothing of our DTOs; they do not look at decorators of ours.
 * @param pipe validates the body. Default: by the class of the parameter
 */
export const ValidBody = (pipe: PipeTransform | Type<PipeTransform> = as('body')): ParameterDecorator =>
  input('body', pipe);

/** Injects the query, like {@link ValidBody}. */
export const ValidQuery = (): ParameterDecorator => input('query', as('query'));
