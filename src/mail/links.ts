import { LINK_PAGES, type LinkName } from './mail-data.js';

/** Pages of the host's own, as full URLs: `{ resetPassword: 'https://app.example.com/reset' }`. */
export type LinkOverrides = Partial<Record<LinkName, string>>;

/**
 * Builds the links of mails. Their addresses come from the configuration alone, never from a request. The token is in the
 * fragment, which browsers send to no server: it is in no log, no `Referer` and no proxy.
 */
export class Links {
  /** @param publicUrl without a trailing slash */
  constructor(
    readonly publicUrl: string,
    private readonly overrides: LinkOverrides = {},
  ) {}

  to(name: LinkName, token?: string): string {
    const page = LINK_PAGES[name];
    const address = this.overrides[name] ?? `${this.publicUrl}/account${page && `/${page}`}`;
    return token === undefined ? address : `${address}#t=${token}`;
  }

  /** The part of a Message-ID after the `@`. */
  get domain(): string {
    const { hostname } = new URL(this.publicUrl);
    return /^[a-z\d.-]*[a-z]$/i.test(hostname) ? hostname : 'localhost';
  }
}
