import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium } from 'playwright-core';
import { describeWhere } from '../../support/describe-where.js';

// The first is Chromium without its window, which opens pages in about 0.6 of the time.
const CHROMIUM = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome']
  .map((name) => `/usr/bin/${name}`)
  .find(existsSync);

/** `describe` for tests that need Chromium. */
export const describeWithBrowser = describeWhere({
  present: CHROMIUM !== undefined,
  missing: 'There is no /usr/bin/chromium-headless-shell or /usr/bin/chromium: install one of them.',
  skipped: 'the tests that need a browser',
});

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * A Chromium that can only reach this machine. Every name under `.localhost` and `.test` resolves to
 * 127.0.0.1: the first kind is a secure context, as if it used HTTPS; the second behaves like plain HTTP
 * elsewhere. Two names belong to the same site if their last two labels are equal: `app.shop.localhost` and
 * `evil.shop.localhost`.
 */
export function launchBrowser(): Promise<Browser> {
  const rules =
    'MAP *.localhost 127.0.0.1, MAP *.test 127.0.0.1, MAP localhost 127.0.0.1, EXCLUDE 127.0.0.1, MAP * ~NOTFOUND';
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [...ARGUMENTS, `--host-resolver-rules=${rules}`],
  });
}

export type { Browser, BrowserContext, Page } from 'playwright-core';

export interface PageServer {
  port: number;
  close(): Promise<void>;
}

/** Serves one empty page at every address and for every host name, as a place to run a test's scripts. */
export async function servePages(html = '<!doctype html><title>A page</title>'): Promise<PageServer> {
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8').end(html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
