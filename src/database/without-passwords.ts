/** Our own examples, which show where the password goes. */
const EXAMPLE = '://user:password@';

/** The text of a foreign error without the credentials of the URLs that it quotes. */
export function withoutPasswords(text: string): string {
  return text.replace(/:\/\/[^\s:@/]*:\S*@/g, (found) => (found === EXAMPLE ? found : '://***@'));
}
