import { TrustedOrigins } from '../http/browser/trusted-origins.js';
import type { LatchkeyNextSettings } from './next-options.js';

/** A host with or without a port. Two hosts in one header, or anything else, match no origin. */
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

/** Makes the same check as the service, which sees a server and not the browser. */
export function ownPageCheck(settings: LatchkeyNextSettings): (request: Request) => boolean {
  const trusted = new TrustedOrigins(settings.trustedOrigins);
  return (request) => {
    const { headers } = request;
    const host = hostOf(request, settings.trustForwardedHost);
    return !trusted.isForeign({
      headers: {
        origin: headers.get('origin') ?? undefined,
        'sec-fetch-site': headers.get('sec-fetch-site') ?? undefined,
        host: HOST.test(host) ? host : undefined,
      },
    });
  };
}

function hostOf({ headers, url }: Request, trustForwardedHost: boolean): string {
  const forwarded = trustForwardedHost ? headers.get('x-forwarded-host') : null;
  return forwarded ?? headers.get('host') ?? new URL(url).host;
}
