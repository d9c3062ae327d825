import type { Provider } from '@nestjs/common';
import { MODULE_OPTIONS_TOKEN } from '../auth.module-definition.js';
import { replaceableParts } from './replaceable-parts.js';

/**
 * What the module provides when `imports` holds `AuthModule` itself. `forRoot` and `forRootAsync` replace all of these;
 * without them the first one stops the app, and all others wait for it.
 */
export const withoutForRoot: Provider[] = [
  {
    provide: MODULE_OPTIONS_TOKEN,
    useFactory: () => {
      throw new Error(
        'AuthModule has no options: write AuthModule.forRoot({ jwt: { … } }) or AuthModule.forRootAsync({ … }) where ' +
          'imports says AuthModule.',
      );
    },
  },
  ...replaceableParts({}),
];
