import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hasEnded, OWN_PROCESS as own, parseIdentity } from '../../../src/instances/process-identity.js';

describe('the identity of a process', () => {
  it('shows that a process of the same machine has ended, and only that', async () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { stdio: 'ignore' });
    const other = own && { ...own, pid: child.pid! };
    expect(hasEnded(other, own)).toBe(false);
    child.kill('SIGSTOP');
    expect(hasEnded(other, own)).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(hasEnded(other, own)).toBe(own !== undefined);
    expect(hasEnded(other && { ...other, space: 'another container' }, own)).toBe(false);
    expect(hasEnded(undefined, own)).toBe(false);
    expect(hasEnded(own, own)).toBe(false);
  });

  it.each([
    undefined,
    null,
    'x',
    {},
    { space: 'a' },
    { space: 1, pid: 1 },
    { space: 'a', pid: -1 },
    { space: 'a', pid: '1' },
  ])('is nothing that has another form: %j', (given) => expect(parseIdentity(given)).toBeUndefined());

  it('is what was written', () =>
    expect(parseIdentity({ space: 'a', pid: 7, more: 1 })).toEqual({ space: 'a', pid: 7 }));
});
