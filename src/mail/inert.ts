const MOST = 60;

/** Breaks lines, reverses what follows, or hides. */
const UNFIT = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\ufff9-\ufffb]+/gu;
/** What mail programs make a link of: addresses, and names that look like a host. */
const LINK = /[/\\@]|:\S|\bwww\b|[\p{L}\p{N}][.\u3002\uff0e\uff61][\p{L}\p{N}]{2}/iu;

/**
 * Returns text that somebody has typed so that it can only be read: one short line, without what hides or reverses text. Text
 * of which a mail program would make a link is left out: whoever registers with the address of another could otherwise send
 * them a link of their own in our name.
 */
export function inert(text: unknown): string {
  if (typeof text !== 'string') return '';
  // Cut first, because the text may be long.
  const line = text
    .slice(0, 4 * MOST)
    .replace(UNFIT, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (LINK.test(line)) return '';
  const characters = [...line];
  return characters.length > MOST ? `${characters.slice(0, MOST - 1).join('')}…` : line;
}

/** Returns an email address so that it can be read but is no link: of a plain form, or nothing. */
export function readable(address: unknown): string {
  return typeof address === 'string' && /^[\w.+*-]{1,64}@[\w.-]{1,190}$/.test(address) ? address : '';
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes text for HTML, also inside of attributes. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => ENTITIES[char]!);
