/** Our own examples, which show where the password goes. */
const EXAMPLE = '://user:password@';

/** The text of a foreign error without the credentials of the URLs that it quotes. */
export function withoutPasswords(text: string): string {
  return text.replace(/:\/\/[^\s:@/]*:\S*@/g, (found) => (found === EXAMPLE ? found : '://***@'));
}

/** Without a password, in case the error quotes a URL. */
export function reasonOf(error: unknown): string {
  const { message, code, cause } = error as Error & { code?: string };
  const { message: deeper } = (cause ?? {}) as Error;
  return withoutPasswords(deeper || message || code || 'unknown');
}
