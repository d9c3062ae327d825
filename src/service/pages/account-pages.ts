import { readdirSync } from 'node:fs';
import { type Asset, ASSETS, isAsset, readAsset, toAsset } from './asset.js';

/** The files of the account pages. They are read once: only files that existed at the start can be requested. */
export class AccountPages {
  private readonly assets = new Map<string, Asset>([
    ...read(ASSETS, ''),
    ...read(new URL('../../client/', import.meta.url), 'client/'),
  ]);

  /** @param registration whether people can register; otherwise no page offers it */
  constructor({ registration }: { registration: boolean }) {
    if (!registration) this.withoutSignUp();
  }

  find(name: string): Asset | undefined {
    return this.assets.get(name);
  }

  private withoutSignUp(): void {
    for (const name of ['sign-up.html', 'sign-up.js']) this.assets.delete(name);
    const page = this.assets.get('sign-in.html')!.content.toString();
    const lines = page.split('\n').filter((line) => !line.includes('/account/sign-up'));
    this.assets.set('sign-in.html', toAsset('sign-in.html', Buffer.from(lines.join('\n'))));
  }
}

function read(folder: URL, prefix: string): [string, Asset][] {
  const names = readdirSync(folder).filter(isAsset);
  return names.map((name) => [prefix + name, readAsset(new URL(name, folder))]);
}
