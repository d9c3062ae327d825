import { randomBytes } from 'node:crypto';

const NAMES = ['JWT_REFRESH_SECRET', 'KEY_ENCRYPTION_SECRET', 'PASSWORD_PEPPER', 'MFA_ENCRYPTION_SECRET'];
/** Older ones are needed as long as something is signed, encrypted or hashed with them. */
const KEPT = 20;

/** The secrets of the service, the newest first. */
export class Secrets {
  private readonly values = new Map<string, string[]>();

  constructor() {
    this.change();
  }

  /** Makes new ones. Each instance knows them from its next start. */
  change(): void {
    for (const name of NAMES)
      this.values.set(
        name,
        [randomBytes(36).toString('base64url'), ...(this.values.get(name) ?? [])].slice(0, KEPT),
      );
  }

  get settings(): Record<string, string> {
    return Object.fromEntries([...this.values].map(([name, secrets]) => [name, secrets.join(',')]));
  }
}
