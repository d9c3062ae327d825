import type { Type } from '@nestjs/common';
import { PasskeyLoginController } from '../../http/passkeys/passkey-login.controller.js';
import { PasskeyWellKnownController } from '../../http/passkeys/passkey-well-known.controller.js';
import { PasskeysController } from '../../http/passkeys/passkeys.controller.js';
import { PasskeyChallengesController } from '../../http/passkeys/passkey-challenges.controller.js';

/** The controllers whose routes exist only with the option `passkeys`. */
export const PASSKEY_CONTROLLERS: readonly Type[] = [
  PasskeysController,
  PasskeyLoginController,
  PasskeyChallengesController,
  PasskeyWellKnownController,
];
