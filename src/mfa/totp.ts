import { createHmac, timingSafeEqual } from 'node:crypto';

const DIGITS = 6;
/** RFC 4648 §6. */
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The code for a time step (RFC 4226 §5.3 and RFC 6238 §4), with SHA-1 and six digits as all authenticator apps have them. */
export function codeOf(secret: Buffer, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const offset = mac.at(-1)! & 0x0f;
  const number = mac.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0');
}

/** Whether a text is six digits, as they are on a keyboard. */
export const isCode = (text: unknown): text is string => typeof text === 'string' && /^[0-9]{6}$/.test(text);

/**
 * The time step at which this is the code: the present one, the one before or the one after, because clocks differ and
 * people type slowly (RFC 6238 §5.2). `null` if it is none of them.
 */
export function stepOf(secret: Buffer, code: string, present: number): number | null {
  let found: number | null = null;
  // All are compared, so that the time does not tell which one it was.
  for (const step of [present - 1, present, present + 1])
    if (timingSafeEqual(Buffer.from(codeOf(secret, step)), Buffer.from(code))) found ??= step;
  return found;
}

/** Without padding, as authenticator apps take it. */
export function toBase32(bytes: Buffer): string {
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => BASE32[Number.parseInt(five.padEnd(5, '0'), 2)])
    .join('');
}

/** @throws TypeError for a text that is not base32 */
export function fromBase32(text: string): Buffer {
  const bits = [...text].map((character) => {
    const value = BASE32.indexOf(character);
    if (value < 0) throw new TypeError('This is not base32.');
    return value.toString(2).padStart(5, '0');
  });
  return Buffer.from((bits.join('').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/** The address that authenticator apps read, as the Key URI Format describes it. */
export function otpauthUrl({
  issuer,
  account,
  secret,
}: Record<'issuer' | 'account' | 'secret', string>): string {
  const label = [issuer, account].map(encodeURIComponent).join(':');
  const query = new URLSearchParams({ secret, issuer, algorithm: 'SHA1', digits: '6', period: '30' });
  // Some apps show a plus sign for a space.
  return `otpauth://totp/${label}?${query.toString().replaceAll('+', '%20')}`;
}
