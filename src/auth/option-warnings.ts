import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { AuthModuleOptions } from '../options/auth-options.js';
import { findOptionWarnings } from '../options/option-warnings.js';
import { MODULE_OPTIONS_TOKEN, PART_NAMES } from './auth.module-definition.js';

/** Logs once, at startup, what is valid but unsafe in the options. */
@Injectable()
export class OptionWarnings implements OnModuleInit {
  private readonly logger = new Logger('AuthModule');
  // Not `private`: the options have secrets, which must not be printed with this provider.
  readonly #options: AuthModuleOptions;

  constructor(@Inject(MODULE_OPTIONS_TOKEN) options: AuthModuleOptions) {
    this.#options = options;
  }

  onModuleInit(): void {
    const parts = { names: PART_NAMES, allowed: false };
    for (const { option, message } of findOptionWarnings(this.#options, parts))
      this.logger.warn(`${option} ${message}`);
  }
}
