/** What `navigator.credentials` returns; each kind of response has some of its members. */
export interface BrowserCredential {
  id: string;
  type: string;
  authenticatorAttachment?: string | null;
  response: {
    clientDataJSON: ArrayBuffer;
    attestationObject?: ArrayBuffer;
    getTransports?(): string[];
    authenticatorData?: ArrayBuffer;
    signature?: ArrayBuffer;
    userHandle?: ArrayBuffer | null;
  };
  getClientExtensionResults?(): object;
}

interface Described {
  id: string;
}

/** The options for a ceremony, in JSON form: what is binary is in base64url. */
export interface OptionsInJson {
  challenge: string;
  user?: Described;
  excludeCredentials?: Described[];
  allowCredentials?: Described[];
}

/**
 * The options as `navigator.credentials` needs them. Browsers and password managers differ in their own conversions, as far as they
 * have one, so these two do it for all.
 */
export function toBuffers({ challenge, user, excludeCredentials, allowCredentials, ...rest }: OptionsInJson) {
  const described = <T extends Described>(it: T) => ({ ...it, id: bytesOf(it.id) });
  return {
    ...rest,
    challenge: bytesOf(challenge),
    user: user && described(user),
    excludeCredentials: excludeCredentials?.map(described),
    allowCredentials: allowCredentials?.map(described),
  };
}

/** The same as `credential.toJSON()`, as far as the service needs it. */
export function inJson(credential: BrowserCredential): object {
  const { id, type, authenticatorAttachment, response } = credential;
  const { clientDataJSON, attestationObject, authenticatorData, signature, userHandle } = response;
  return {
    id,
    rawId: id,
    type,
    authenticatorAttachment: authenticatorAttachment ?? undefined,
    clientExtensionResults: credential.getClientExtensionResults?.() ?? {},
    response: {
      clientDataJSON: base64url(clientDataJSON),
      attestationObject: base64url(attestationObject),
      transports: response.getTransports?.(),
      authenticatorData: base64url(authenticatorData),
      signature: base64url(signature),
      userHandle: base64url(userHandle),
    },
  };
}

function bytesOf(text: string): Uint8Array {
  const base64 = text.replaceAll('-', '+').replaceAll('_', '/');
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function base64url(bytes: ArrayBuffer | null | undefined): string | undefined {
  if (!bytes) return undefined;
  const base64 = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
