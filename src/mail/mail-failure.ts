const MOST = 300;
const TOKEN = /lk_[\w-]+/g;
const ADDRESS = /[^\s@<>"',;:()]+@[^\s@<>"',;:()]+/g;
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;

/**
 * Returns why a mail was not sent, for tables and logs: without tokens and addresses, which servers repeat in their answers.
 * @param secrets what must not appear in it
 */
export function reasonOf(error: unknown, secrets: readonly (string | undefined)[] = []): string {
  let text = error instanceof Error ? error.message : 'it failed';
  for (const secret of secrets) if (secret) text = text.replaceAll(secret, '…');
  return (
    text.replace(TOKEN, '…').replace(ADDRESS, '…').replace(CONTROLS, ' ').trim().slice(0, MOST) || 'it failed'
  );
}

const FIRST_MS = 6_250;
const LONGEST_MS = 30 * 60_000;

/** Milliseconds until the next attempt: from 5 seconds to half an hour, doubled with each failure, with jitter. */
export function delayAfter(attempts: number, random = Math.random): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempts - 1, 20)) * (0.8 + random() / 5);
}
