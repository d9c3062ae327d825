import { checkPrimeSync, createPrivateKey, randomBytes } from 'node:crypto';

const E = 65_537n;

/** The product of the first 126 primes, as the weak chips use it for keys of 2048 bits. */
const M = firstPrimes(126).reduce((product, prime) => product * BigInt(prime), 1n);

/** A key made the way the weak chips make theirs. */
export function rocaPem(): string {
  const [p, q] = [rocaPrime(), rocaPrime()];
  const d = inverse(E, (p - 1n) * (q - 1n));
  const members = { n: p * q, e: E, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  const jwk = Object.fromEntries(Object.entries(members).map(([name, value]) => [name, encode(value)]));
  const key = createPrivateKey({ key: { kty: 'RSA', ...jwk }, format: 'jwk' });
  return key.export({ type: 'pkcs8', format: 'pem' }) as string;
}

/** k * M + (65537 ^ a mod M), of exactly 1024 bits and in the upper half, so that the product has 2048. */
function rocaPrime(): bigint {
  const [low, high] = [(3n << 1022n) / M + 1n, (1n << 1024n) / M - 1n];
  for (;;) {
    const k = low + (BigInt(`0x${randomBytes(16).toString('hex')}`) % (high - low));
    const prime = k * M + power(E, BigInt(`0x${randomBytes(16).toString('hex')}`), M);
    if (checkPrimeSync(prime)) return prime;
  }
}

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes;
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let b = base, e = exponent; e > 0n; e >>= 1n, b = (b * b) % modulus)
    if (e & 1n) result = (result * b) % modulus;
  return result;
}

function inverse(a: bigint, modulus: bigint): bigint {
  let [r, next, s, t] = [a % modulus, modulus, 1n, 0n];
  while (next !== 0n) {
    const quotient = r / next;
    [r, next] = [next, r - quotient * next];
    [s, t] = [t, s - quotient * t];
  }
  return ((s % modulus) + modulus) % modulus;
}

function encode(value: bigint): string {
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString('base64url');
}
