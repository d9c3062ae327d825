const STRANGE: unknown[] = [
  null,
  0,
  -1,
  1e308,
  true,
  [],
  {},
  '',
  '=',
  'AA==',
  '\0',
  '💥',
  'A'.repeat(9_000),
  '__proto__',
  { toString: 1 },
  [[[]]],
];

/** Replaces, deletes or bends one member of a response of WebAuthn, or one byte in one; each seed in another way. */
export function mutated(response: object, seed: number): object {
  const holder = JSON.parse(JSON.stringify(response)) as Record<string, unknown>;
  const inner = (seed % 4 === 0 ? holder : holder.response) as Record<string, unknown>;
  const names = Object.keys(inner);
  const name = names[Math.floor(seed / 4) % names.length]!;
  const text = inner[name];
  if (seed % 7 === 0) inner[name] = STRANGE[seed % STRANGE.length];
  else if (seed % 11 === 0) delete inner[name];
  else if (typeof text === 'string') {
    const bytes = Buffer.from(text, 'base64url');
    const at = (seed * 31) % Math.max(1, bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (seed % 8));
    inner[name] = (seed % 5 === 0 ? bytes.subarray(0, at) : bytes).toString('base64url');
  }
  if (inner === holder && seed % 3 === 0) holder.rawId = holder.id;
  return holder;
}
