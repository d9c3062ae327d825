import { type Misbehavior, SoftwareAuthenticator } from '../../../src/testing/index.js';

interface Request {
  publicKey: Record<string, unknown>;
  mediation?: string;
  signal?: AbortSignal;
}

/** `navigator.credentials` and `PublicKeyCredential` as a browser with a software authenticator has them. */
export class FakeAuthenticator {
  readonly authenticator: SoftwareAuthenticator;
  /** What the page has told the browser. */
  readonly signals: [name: string, told: object][] = [];
  /** Called when the browser offers passkeys in a form; resolves when the user chooses one. */
  choice: () => Promise<unknown> = () => new Promise(() => {});
  /** What the authenticator does wrong. */
  wrong: Misbehavior = {};
  offered = 0;
  private readonly originals = ['navigator', 'PublicKeyCredential'].map(
    (name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const,
  );

  constructor(origin: string) {
    this.authenticator = new SoftwareAuthenticator({ origin });
  }

  install({ signals = true } = {}): void {
    const tell = (name: string) => async (told: object) => void this.signals.push([name, told]);
    const names = ['signalUnknownCredential', 'signalAllAcceptedCredentials', 'signalCurrentUserDetails'];
    const { locks } = (globalThis as { navigator?: { locks?: unknown } }).navigator ?? {};
    define('navigator', { locks, credentials: { create: this.create, get: this.get } });
    define('PublicKeyCredential', {
      isConditionalMediationAvailable: async () => true,
      ...(signals && Object.fromEntries(names.map((name) => [name, tell(name)]))),
    });
  }

  uninstall(): void {
    for (const [name, descriptor] of this.originals) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
      else Reflect.deleteProperty(globalThis, name);
    }
  }

  private readonly create = async ({ publicKey, signal }: Request) => {
    signal?.throwIfAborted();
    return credential(this.authenticator.create(inJson(publicKey) as never, this.wrong));
  };

  private readonly get = async ({ publicKey, mediation, signal }: Request) => {
    signal?.throwIfAborted();
    if (mediation === 'conditional') {
      this.offered += 1;
      await new Promise((resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason as Error));
        this.choice().then(resolve, reject);
      });
    }
    return credential(this.authenticator.get(inJson(publicKey) as never, this.wrong));
  };
}

/** Bytes become base64url. What has no bytes where a browser needs them is refused, as browsers do. */
function inJson({ challenge, user, excludeCredentials, allowCredentials, ...rest }: Record<string, unknown>) {
  const described = (it: unknown) => ({ ...(it as object), id: text((it as { id: unknown }).id) });
  return {
    ...rest,
    challenge: text(challenge),
    ...(user !== undefined && { user: described(user) }),
    excludeCredentials: (excludeCredentials as unknown[] | undefined)?.map(described),
    allowCredentials: (allowCredentials as unknown[] | undefined)?.map(described),
  };
}

function text(bytes: unknown): string {
  if (!(bytes instanceof Uint8Array)) throw new TypeError('The value is not of type ArrayBuffer.');
  return Buffer.from(bytes).toString('base64url');
}

/** With getters on the prototype, and methods that need their object, as in browsers. */
function credential({ id, type, response }: { id: string; type: string; response: object }) {
  const { transports, ...texts } = response as Record<string, unknown>;
  const bytes = Object.entries(texts).map(([name, value]) => [
    name,
    Uint8Array.from(Buffer.from(value as string, 'base64url')).buffer,
  ]);
  class Response {
    getTransports = transports ? () => transports : undefined;
  }
  class Credential {
    readonly #extensions = {};
    get id() {
      return id;
    }
    get type() {
      return type;
    }
    get authenticatorAttachment() {
      return null;
    }
    get response() {
      return Object.assign(new Response(), Object.fromEntries(bytes));
    }
    getClientExtensionResults() {
      return this.#extensions;
    }
  }
  return new Credential();
}

function define(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}
