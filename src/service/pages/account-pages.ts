import { readdirSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { type Asset, ASSETS, isAsset, readAsset } from './asset.js';

/** The files of the account pages. They are read once: only files that existed at the start can be requested. */
@Injectable()
export class AccountPages {
  private readonly assets = new Map<string, Asset>([
    ...read(ASSETS, ''),
    ...read(new URL('../../client/', import.meta.url), 'client/'),
  ]);

  find(name: string): Asset | undefined {
    return this.assets.get(name);
  }
}

function read(folder: URL, prefix: string): [string, Asset][] {
  const names = readdirSync(folder).filter(isAsset);
  return names.map((name) => [prefix + name, readAsset(new URL(name, folder))]);
}
