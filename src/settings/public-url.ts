import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { AuthModuleOptions } from '../index.js';

/** Hosts that are not reachable as 127.0.0.1 everywhere. */
const LOOPBACK_NAMES: Record<string, string> = { '::1': '[::1]', localhost: 'localhost' };

/** The part of the configuration that decides about the address. */
interface Place {
  mode: string;
  host: string;
  port: number;
  auth: AuthModuleOptions;
}

/** What is wrong when the service's address is not known. Outside development it cannot be guessed. */
export function missingPublicUrl({ publicUrl, jwt }: AuthModuleOptions): string | undefined {
  if (publicUrl !== undefined || /^https:\/\//i.test(jwt?.issuer ?? '')) return undefined;
  return 'is missing: the address of the service as clients see it, such as https://auth.example.com (or set JWT_ISSUER to such a URL)';
}

/** In development, clients are on this machine. Any free port is not known before {@link withKnownPort} chooses it. */
export function fillInPublicUrl(auth: AuthModuleOptions, host: string, port: number): void {
  if (hasAddress(auth) || port === 0) return;
  auth.publicUrl = `http://${LOOPBACK_NAMES[host] ?? '127.0.0.1'}:${port}`;
}

/** Whether the address is known to which absolute URLs lead. */
export function hasAddress({ publicUrl, jwt }: AuthModuleOptions): boolean {
  return publicUrl !== undefined || /^https?:\/\//i.test(jwt.issuer ?? '');
}

/**
 * In development with `PORT=0`, chooses the free port before the service listens on it: the issuer of the tokens
 * contains it.
 */
export async function withKnownPort<Known extends Place>(configuration: Known): Promise<Known> {
  const { mode, host } = configuration;
  if (mode !== 'development' || configuration.port !== 0 || hasAddress(configuration.auth))
    return configuration;
  const port = await freePort(host);
  const auth = { ...configuration.auth };
  fillInPublicUrl(auth, host, port);
  return { ...configuration, auth, port };
}

/** `0` when the host is not an address of this machine: listening on it will say so. */
async function freePort(host: string): Promise<number> {
  const server = createServer();
  try {
    await once(server.listen(0, host), 'listening');
    return (server.address() as AddressInfo).port;
  } catch {
    return 0;
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}
