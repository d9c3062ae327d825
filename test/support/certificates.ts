import 'reflect-metadata'; // what makes the certificates needs it
import { KeyObject, webcrypto } from 'node:crypto';
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';

/** A private key and its certificate, in PEM. */
export interface Certificate {
  key: string;
  cert: string;
}

const KIND = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

/** A certificate for these names that nobody has signed but itself. It is valid for a day. */
export async function selfSigned(names: { dns?: string[]; ip?: string[] }): Promise<Certificate> {
  const keys = await webcrypto.subtle.generateKey(KIND, true, ['sign', 'verify']);
  const alternatives = Object.entries(names).flatMap(([type, values]) =>
    values.map((value) => ({ type: type as 'dns' | 'ip', value })),
  );
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=localhost',
    keys,
    signingAlgorithm: KIND,
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + DAY_MS),
    extensions: [new SubjectAlternativeNameExtension(alternatives)],
  });
  const key = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' });
  return { key: key.toString(), cert: certificate.toString('pem') };
}
