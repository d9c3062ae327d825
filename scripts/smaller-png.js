// `node scripts/smaller-png.js <file>…`: converts screenshots to a palette, which takes a third of the space. Only for
// flat colors and text: 8 bits per channel, no transparency.
import { readFileSync, writeFileSync } from 'node:fs';
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const COLORS = 16;
const SIGNATURE_BYTES = 8;
const BYTES_OF_TYPE = { 2: 3, 6: 4 }; // RGB, RGBA

function chunksOf(png) {
  const chunks = [];
  for (let at = SIGNATURE_BYTES; at < png.length;) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    chunks.push({ type, data: png.subarray(at + 8, at + 8 + length) });
    at += 12 + length;
  }
  return chunks;
}

function paeth(left, up, corner) {
  const [toLeft, toUp, toCorner] = [left, up, corner].map((byte) => Math.abs(left + up - corner - byte));
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

/** Undoes the filters, and returns each pixel as one number, 0xrrggbb. */
function pixelsOf(png) {
  const chunks = chunksOf(png);
  const header = chunks[0].data;
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const bytes = BYTES_OF_TYPE[header[9]];
  if (header[8] !== 8 || !bytes || header[12] !== 0) return undefined;
  const raw = inflateSync(
    Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data)),
  );
  const row = width * bytes;
  const pixels = new Uint32Array(width * height);
  let above = new Uint8Array(row);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (row + 1)];
    const line = Uint8Array.from(raw.subarray(y * (row + 1) + 1, (y + 1) * (row + 1)));
    for (let x = 0; x < row; x++) {
      const [left, corner] = x < bytes ? [0, 0] : [line[x - bytes], above[x - bytes]];
      const predicted = [0, left, above[x], (left + above[x]) >> 1, paeth(left, above[x], corner)][filter];
      line[x] += predicted;
    }
    for (let x = 0; x < width; x++) {
      const at = x * bytes;
      pixels[y * width + x] = (line[at] << 16) | (line[at + 1] << 8) | line[at + 2];
    }
    above = line;
  }
  return { width, height, pixels };
}

const distance = (one, other) =>
  [16, 8, 0].reduce((sum, shift) => sum + (((one >> shift) & 255) - ((other >> shift) & 255)) ** 2, 0);

/** Frequent colors, each far from the previous ones. */
function paletteOf(pixels) {
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const apart = new Map([...counts.keys()].map((color) => [color, Infinity]));
  const weight = (color) =>
    apart.get(color) === 0 ? 0 : counts.get(color) * Math.min(apart.get(color), 1e6);
  const palette = [];
  while (palette.length < Math.min(COLORS, counts.size)) {
    const next = [...counts.keys()].reduce((best, color) => (weight(color) > weight(best) ? color : best));
    palette.push(next);
    for (const [color, least] of apart) apart.set(color, Math.min(least, distance(color, next)));
  }
  const nearest = (color) =>
    palette.reduce(
      (best, other, index) => (distance(color, other) < distance(color, palette[best]) ? index : best),
      0,
    );
  return { palette, indexes: new Map([...counts.keys()].map((color) => [color, nearest(color)])) };
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** The picture with a palette. One that already has a palette, or another format, is returned unchanged. */
export function smaller(png) {
  const picture = pixelsOf(png);
  if (!picture) return png;
  const { width, height, pixels } = picture;
  const { palette, indexes } = paletteOf(pixels);
  const lines = Buffer.alloc((width + 1) * height);
  for (const [index, pixel] of pixels.entries())
    lines[index + Math.floor(index / width) + 1] = indexes.get(pixel);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const colors = Buffer.from(palette.flatMap((color) => [color >> 16, (color >> 8) & 255, color & 255]));
  const body = [
    chunk('IHDR', header),
    chunk('PLTE', colors),
    chunk('IDAT', deflateSync(lines, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ];
  return Buffer.concat([png.subarray(0, SIGNATURE_BYTES), ...body]);
}

if (import.meta.filename === process.argv[1])
  for (const file of process.argv.slice(2)) writeFileSync(file, smaller(readFileSync(file)));
