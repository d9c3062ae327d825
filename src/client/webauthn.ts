import type { UnknownCredential } from './client-error.js';
import { type BrowserCredential, inJson, type OptionsInJson, toBuffers } from './webauthn-json.js';

/** The answer of the service with which a ceremony begins. */
export interface Begun {
  ticket: string;
  options: OptionsInJson & {
    /** In milliseconds. */
    timeout?: number;
  };
}

/** What the service says for the Signal API. */
export interface PasskeySignals {
  rpId: string;
  userId: string;
  allAcceptedCredentialIds: string[];
  name: string;
  displayName: string;
}

/** The part of `CredentialsContainer` that is used here: only browsers have it, and only the types of the DOM. */
interface Credentials {
  create(request: object): Promise<BrowserCredential>;
  get(request: object): Promise<BrowserCredential>;
}

/** The same of `PublicKeyCredential`. */
interface Capabilities {
  isConditionalMediationAvailable?(): Promise<boolean>;
  signalUnknownCredential?(credential: UnknownCredential): Promise<void>;
  signalAllAcceptedCredentials?(
    accepted: Pick<PasskeySignals, 'rpId' | 'userId' | 'allAcceptedCredentialIds'>,
  ): Promise<void>;
  signalCurrentUserDetails?(
    user: Pick<PasskeySignals, 'rpId' | 'userId' | 'name' | 'displayName'>,
  ): Promise<void>;
}

/** For how much of its time a challenge is offered in a form: the rest is for the user and the network. */
const FRESH = 0.8;
const DEFAULT_TIMEOUT_MS = 300_000;

let underWay: AbortController | undefined;

export function hasPasskeys(): boolean {
  return Boolean(credentialsOf() && capabilities());
}

export async function canMediateConditionally(): Promise<boolean> {
  return (await capabilities()?.isConditionalMediationAvailable?.()) ?? false;
}

/** Creates a passkey. Returns the browser's response in JSON form. */
export async function createPasskey(options: Begun['options'], signal?: AbortSignal): Promise<object> {
  const { credentials, own } = begin(signal);
  return inJson(await credentials.create({ publicKey: toBuffers(options), signal: own.signal }));
}

/**
 * Asks for a passkey. Returns the browser's response in JSON form; `undefined` if the browser has offered passkeys in a
 * form until the options got too old.
 */
export async function presentPasskey(
  options: Begun['options'],
  signal?: AbortSignal,
  conditional = false,
): Promise<object | undefined> {
  const { credentials, own } = begin(signal);
  let isTooOld = false;
  const expire = () => {
    isTooOld = true;
    own.abort();
  };
  const lifetime = (options.timeout || DEFAULT_TIMEOUT_MS) * FRESH;
  const timer = conditional ? setTimeout(expire, lifetime) : undefined;
  const mediation = conditional ? 'conditional' : undefined;
  try {
    const request = { publicKey: toBuffers(options), mediation, signal: own.signal };
    return inJson(await credentials.get(request));
  } catch (error) {
    if (isTooOld) return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** The browser then offers this passkey no longer. These are hints: whatever becomes of them, the login has failed. */
export async function tellOfUnknown(credential: UnknownCredential): Promise<void> {
  await capabilities()
    ?.signalUnknownCredential?.(credential)
    .catch(() => {});
}

/** The browser then offers these passkeys only, and by these names. Asks the service only if it can be told. */
export async function tellOfAll(read: () => Promise<PasskeySignals>): Promise<void> {
  const there = capabilities();
  if (!there?.signalAllAcceptedCredentials) return;
  const { rpId, userId, allAcceptedCredentialIds, name, displayName } = await read();
  await Promise.allSettled([
    there.signalAllAcceptedCredentials({ rpId, userId, allAcceptedCredentialIds }),
    there.signalCurrentUserDetails?.({ rpId, userId, name, displayName }),
  ]);
}

/** Browsers have one ceremony at a time in a page: a new one ends the one that waits in a form. */
function begin(signal?: AbortSignal): { credentials: Credentials; own: AbortController } {
  const credentials = credentialsOf();
  if (!credentials) throw new DOMException('This browser has no passkeys.', 'NotSupportedError');
  underWay?.abort(new DOMException('Another question about passkeys has begun.', 'AbortError'));
  const own = new AbortController();
  underWay = own;
  const abort = () => own.abort(signal!.reason);
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort);
  return { credentials, own };
}

function credentialsOf(): Credentials | undefined {
  return (globalThis as unknown as { navigator?: { credentials?: Credentials } }).navigator?.credentials;
}

function capabilities(): Capabilities | undefined {
  return (globalThis as { PublicKeyCredential?: Capabilities }).PublicKeyCredential;
}
