import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ResourceClients } from '../../clients/resource-clients.js';
import { InvalidCredentialsError } from '../../errors/auth-errors.js';
import type { AuthRequest } from '../shared/auth-request.js';

/** Lets registered resource servers through that authenticate with HTTP Basic (RFC 6749 §2.3.1, RFC 7617). */
@Injectable()
export class ClientAuthGuard implements CanActivate {
  constructor(private readonly clients: ResourceClients) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { headers } = context.switchToHttp().getRequest<AuthRequest>();
    const given = basicCredentials(headers.authorization);
    if (given && (await this.clients.verify(given.id, given.secret))) return true;
    throw new InvalidCredentialsError({
      message: 'This endpoint is for registered resource servers: authenticate with HTTP Basic.',
      challenge: 'Basic realm="latchkey", charset="UTF-8"',
    });
  }
}

/** RFC 6749 §2.3.1: both parts are form-encoded before they are joined. */
function basicCredentials(header: string | undefined): { id: string; secret: string } | null {
  const [, encoded] = /^basic +([\w+/=-]+)$/i.exec(header ?? '') ?? [];
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? '', 'base64').toString('utf8')) ?? [];
  if (!id || !secret) return null;
  try {
    return { id: decodeURIComponent(id), secret: decodeURIComponent(secret) };
  } catch {
    return null;
  }
}
