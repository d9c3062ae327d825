/** The options of `navigator.credentials.create`, as servers send them (WebAuthn §5.1.9). */
export interface CreationOptionsJSON {
  challenge: string;
  rp: { id?: string; name: string };
  user: { id: string; name: string; displayName: string };
  pubKeyCredParams: readonly { alg: number; type: string }[];
  excludeCredentials?: readonly { id: string }[];
}

/** The options of `navigator.credentials.get`, as servers send them (WebAuthn §5.1.10). */
export interface RequestOptionsJSON {
  challenge: string;
  rpId?: string;
  allowCredentials?: readonly { id: string }[];
}

/** What a browser sends back after creating a passkey: `PublicKeyCredential.toJSON()`. */
export interface RegistrationJSON {
  id: string;
  rawId: string;
  type: 'public-key';
  response: { clientDataJSON: string; attestationObject: string; transports: string[] };
  clientExtensionResults: object;
  authenticatorAttachment: 'platform';
}

/** What a browser sends back after signing with a passkey. */
export interface AssertionJSON {
  id: string;
  rawId: string;
  type: 'public-key';
  response: {
    clientDataJSON: string;
    authenticatorData: string;
    signature: string;
    userHandle?: string | null;
  };
  clientExtensionResults: object;
  authenticatorAttachment: 'platform';
}
