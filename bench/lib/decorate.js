/** Decorators for plain JavaScript, as TypeScript would apply them. */
export function decorate(decorators, target, key) {
  const place = key ? target.prototype : target;
  const descriptor = key && Object.getOwnPropertyDescriptor(place, key);
  for (const decorator of decorators) decorator(place, key, descriptor);
}
