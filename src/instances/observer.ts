/**
 * Provided as `true` in an app that serves nobody, such as a command: it decides about secrets like an instance, but the
 * instances do not wait for it. Shared by all copies of this package.
 */
export const OBSERVER = Symbol.for('latchkey:observer');
