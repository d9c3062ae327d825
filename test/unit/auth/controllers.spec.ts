import 'reflect-metadata';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ExecutionContext, VERSION_NEUTRAL } from '@nestjs/common';
import { VERSION_METADATA } from '@nestjs/common/constants.js';
import { AuthModule, type AuthModuleOptions, isAuthEndpoint } from '../../../src/index.js';

const SRC = join(import.meta.dirname, '../../../src');

const { controllers = [] } = AuthModule.forRoot({
  forwardAuth: true,
  accounts: { verification: 'required' },
  mfa: { encryptionSecrets: [] as string[] },
  passkeys: { rpId: 'example.com', origins: [] as string[] },
} as AuthModuleOptions);

describe('every controller of the module', () => {
  it.each(controllers.map((controller) => [controller.name, controller]))(
    'keeps its contract under global filters, caches and versions: %s',
    (_, controller) => {
      expect(isAuthEndpoint({ getClass: () => controller } as ExecutionContext)).toBe(true);
      expect(Reflect.getMetadata(VERSION_METADATA, controller)).toBe(VERSION_NEUTRAL);
    },
  );

  it('is in this list', () => {
    const declared = readdirSync(join(SRC, 'http'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => [
        ...readFileSync(join(SRC, 'http', file), 'utf8').matchAll(/@Controller\([^]*?class (\w+)/g),
      ])
      .map(([, name]) => name);
    expect(controllers.map(({ name }) => name).toSorted()).toEqual(declared.toSorted());
  });
});
