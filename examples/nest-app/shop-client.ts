import { withStepUp } from 'latchkey/account';
import { createLatchkeyClient, type LatchkeyClientOptions } from 'latchkey/client';

/** For the shop's page: `shopClient({ baseUrl: location.origin, transport: 'cookie' }, prompt)`. */
export function shopClient(options: LatchkeyClientOptions, prompt: (question: string) => string | null) {
  return withStepUp(createLatchkeyClient(options), async () => {
    const password = prompt('Your password, please');
    return password ? { password } : undefined;
  });
}
