// A mail server that takes everything, in a process of its own, away from the contenders' core.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export async function startSmtpSink() {
  const child = fork(join(import.meta.dirname, '../../scripts/smtp-sink.js'));
  const [{ port }] = await once(child, 'message');
  return {
    port,
    /** How many mails it has taken. */
    async taken() {
      child.send('taken');
      const [{ taken }] = await once(child, 'message');
      return taken;
    },
    stop: () => child.disconnect(),
  };
}
