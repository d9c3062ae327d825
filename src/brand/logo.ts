import { isUtf8 } from 'node:buffer';

/** A picture, with the content type that its bytes show. */
export interface BrandLogo {
  content: Buffer;
  type: 'image/svg+xml' | 'image/png';
}

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** An SVG document: what may precede its root element is a declaration, a document type and comments. */
const SVG =
  /^\uFEFF?\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--(?:(?!-->)[^])*-->\s*)*(?:<!DOCTYPE svg[^>[]*>\s*)?(?:<!--(?:(?!-->)[^])*-->\s*)*<svg[\s>]/i;

/** What would run, embed other documents, or expand to something that cannot be seen here. */
const ACTIVE =
  /<\s*(?:\w+:)?(?:script|foreignObject|iframe|embed|object|handler|set|animate\w*)\b|\son\w+\s*=|javascript:|<!ENTITY/i;

/** The picture, or what is wrong with it, as the end of a sentence about the file. */
export function logoFrom(content: Buffer): BrandLogo | string {
  if (content.subarray(0, PNG.length).equals(PNG)) return { content, type: 'image/png' };
  const text = isUtf8(content) ? content.toString() : '';
  if (!SVG.test(text)) return 'is neither an SVG (in UTF-8) nor a PNG';
  if (ACTIVE.test(text)) return 'is an SVG with scripts, animations or embedded documents: remove them';
  return { content, type: 'image/svg+xml' };
}
