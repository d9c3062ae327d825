import type { Configuration } from '../settings/configuration.js';

interface Finding {
  check: 'issuer';
  state: 'ok' | 'warning';
  message: string;
}

/** Checks whether others can discover the keys by the issuer of the tokens, and whether a move is unfinished. */
export function examineIssuer({ auth: { publicUrl, jwt } }: Configuration): Finding[] {
  const address = publicUrl?.replace(/\/+$/, '');
  const issuer = jwt.issuer ?? address;
  const findings: Finding[] = [];
  const add = (state: Finding['state'], message: string) =>
    findings.push({ check: 'issuer', state, message });
  if (issuer === undefined) add('ok', 'contains the port, which is chosen when the service starts');
  else if (!/^https?:/i.test(issuer))
    add(
      'warning',
      'JWT_ISSUER is not a URL: verifiers that discover the keys by the issuer cannot find them',
    );
  else if (address !== undefined && issuer !== address)
    add(
      'warning',
      'JWT_ISSUER differs from PUBLIC_URL: verifiers that discover the keys by it must find them there',
    );
  else add('ok', issuer);
  if (jwt.acceptedIssuers?.length)
    add('warning', 'JWT_ACCEPTED_ISSUERS is set: remove it when the move to the new issuer is complete');
  return findings;
}
