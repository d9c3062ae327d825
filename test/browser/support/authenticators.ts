/// <reference lib="dom" />
import type { CDPSession, Page } from 'playwright-core';
import { totpCode } from '../../../src/testing/totp-code.js';
import { until } from '../../support/until.js';

const STEP_MS = 30_000;

/** An authenticator app: each code that it returns is newer than the one before, and accepted now. */
export class AuthenticatorApp {
  private last = 0;

  constructor(private readonly secret: string) {}

  async code(): Promise<string> {
    const step = Math.max(this.last + 1, Math.floor((Date.now() - STEP_MS / 3) / STEP_MS));
    // The service accepts the code of the next step, too.
    await until(() => Math.floor((Date.now() + STEP_MS) / STEP_MS) >= step);
    this.last = step;
    return totpCode(this.secret, () => step * STEP_MS);
  }
}

export interface VirtualCredential {
  credentialId: string;
  isResidentCredential: boolean;
  rpId?: string;
  privateKey: string;
  userHandle?: string;
  signCount: number;
}

/** The virtual authenticator of a page: it keeps passkeys, and verifies its user, who touches it at once. */
export class VirtualAuthenticator {
  private constructor(
    private readonly session: CDPSession,
    private readonly authenticatorId: string,
  ) {}

  static async of(page: Page): Promise<VirtualAuthenticator> {
    const session = await page.context().newCDPSession(page);
    await session.send('WebAuthn.enable', { enableUI: false });
    const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        ctap2Version: 'ctap2_1',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    return new VirtualAuthenticator(session, authenticatorId);
  }

  async credentials(): Promise<VirtualCredential[]> {
    const { authenticatorId } = this;
    return (await this.session.send('WebAuthn.getCredentials', { authenticatorId })).credentials;
  }

  async add(credential: VirtualCredential): Promise<void> {
    const { authenticatorId } = this;
    await this.session.send('WebAuthn.addCredential', { authenticatorId, credential });
  }

  async remove({ credentialId }: VirtualCredential): Promise<void> {
    const { authenticatorId } = this;
    await this.session.send('WebAuthn.removeCredential', { authenticatorId, credentialId });
  }

  /** Whether the authenticator knows its user, by a fingerprint for instance. */
  async verifiesUser(isUserVerified: boolean): Promise<void> {
    const { authenticatorId } = this;
    await this.session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
  }

  /** Whether the user touches it whenever they are asked to. */
  async answers(enabled: boolean): Promise<void> {
    const { authenticatorId } = this;
    await this.session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled });
  }
}
