/** What can be encoded. */
export type Cbor = number | string | Uint8Array | readonly Cbor[] | ReadonlyMap<Cbor, Cbor>;

/** Encodes what authenticators send (CTAP2 canonical CBOR, without sorting the members of maps). */
export function encodeCbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') return withBytes(3, Buffer.from(value));
  if (value instanceof Uint8Array) return withBytes(2, value);
  if (value instanceof Map)
    return Buffer.concat([head(5, value.size), ...[...value].flat().map((each) => encodeCbor(each as Cbor))]);
  const list = value as readonly Cbor[];
  return Buffer.concat([head(4, list.length), ...list.map(encodeCbor)]);
}

function withBytes(major: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([head(major, bytes.length), bytes]);
}

function head(major: number, argument: number): Buffer {
  const type = major << 5;
  if (argument < 24) return Buffer.from([type | argument]);
  if (argument < 0x100) return Buffer.from([type | 24, argument]);
  const long = argument >= 0x10000;
  const bytes = Buffer.alloc(long ? 5 : 3);
  bytes[0] = type | (long ? 26 : 25);
  if (long) bytes.writeUInt32BE(argument, 1);
  else bytes.writeUInt16BE(argument, 1);
  return bytes;
}
