import type { MailOutbox, MailStats } from '../../mail/mail-outbox.js';
import { reasonOf } from '../../mail/mail-failure.js';
import type { MailTransport } from '../../mail/mail-transport.js';
import type { Finding } from './finding.js';

const MAX_AGE_SECONDS = 10 * 60;
const PATIENCE_MS = 15_000;

/** What mails are examined with: a transport that can say whether it works, and the outbox. */
export interface ExaminedMail {
  transport: Pick<MailTransport, 'verify'>;
  /** `undefined`: it cannot be read. */
  outbox?: Pick<MailOutbox, 'stats'>;
}

/** Checks that mails can be handed over, and that none is late or was given up. Never rejects. */
export async function examineMail({ transport, outbox }: ExaminedMail): Promise<Finding[]> {
  return [await examineTransport(transport), ...(outbox ? [await examineOutbox(outbox)] : [])];
}

async function examineTransport(transport: Pick<MailTransport, 'verify'>): Promise<Finding> {
  if (!transport.verify) return finding('ok', 'sent by a transport that cannot be checked');
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), PATIENCE_MS);
  });
  try {
    await Promise.race([transport.verify(), late]);
    return finding('ok', 'the mail server accepts the connection, the certificate and the password');
  } catch (error) {
    return finding('problem', `no mail can be sent: ${reasonOf(error)}`);
  } finally {
    clearTimeout(timer);
  }
}

async function examineOutbox(outbox: { stats(): Promise<MailStats> }): Promise<Finding> {
  try {
    const { queued, oldestSeconds, failed } = await outbox.stats();
    if (oldestSeconds > MAX_AGE_SECONDS)
      return finding(
        'warning',
        `${queued} mails wait, the oldest for ${Math.round(oldestSeconds / 60)} minutes: see latchkey mails list`,
      );
    if (failed > 0)
      return finding('warning', `${failed} mails were given up: see latchkey mails list --failed`);
    return finding('ok', `${queued} mails wait`);
  } catch (error) {
    return finding('problem', reasonOf(error));
  }
}

function finding(state: Finding['state'], message: string): Finding {
  return { check: 'mail', state, message };
}
