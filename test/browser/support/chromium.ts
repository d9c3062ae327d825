import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const EXECUTABLE = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const QUIET = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** `describe` where there is a Chromium; elsewhere it says what is skipped, and under CI that is a failure. */
export function describeInChromium(name: string, tests: () => void): void {
  if (existsSync(EXECUTABLE)) {
    describe(name, tests);
    return;
  }
  const missing = `There is no Chromium at ${EXECUTABLE} (set CHROMIUM_PATH)`;
  if (process.env.CI === 'true') throw new Error(missing);
  console.warn(`${missing}: "${name}" is skipped.`);
  describe.skip(name, tests);
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: EXECUTABLE, chromiumSandbox: false, args: QUIET });
}
