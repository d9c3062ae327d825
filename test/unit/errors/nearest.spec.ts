import { nearest } from '../../../src/errors/nearest.js';

describe('the nearest known name', () => {
  it.each([
    ['password', ['jwt', 'passwords', 'cookies'], 'passwords'],
    ['JWT_SECRET', ['JWT_ACCESS_SECRET', 'JWT_ISSUER'], 'JWT_ACCESS_SECRET'],
    ['JWT_SECRET', ['JWT_SCOPE', 'JWT_ACCESS_SECRET'], 'JWT_ACCESS_SECRET'],
    ['minlength', ['minLength'], 'minLength'],
    ['allowPrivate', ['url', 'allowPrivateAddresses'], 'allowPrivateAddresses'],
    ['same', ['some', 'same'], 'same'],
  ])('to %s among %j is %s', (name, known, expected) => {
    expect(nearest(name, known)).toBe(expected);
  });

  it.each([
    ['colour', ['clock', 'jwt']],
    ['x', []],
    ['', ['jwt']],
  ])('to %p among %j does not exist', (name, known) => {
    expect(nearest(name, known)).toBeUndefined();
  });
});
