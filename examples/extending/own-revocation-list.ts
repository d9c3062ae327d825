// Your own place for revoked access tokens. The default list shares them through PostgreSQL; this one does not.
import { Injectable } from '@nestjs/common';
import { AuthModule, type RevocableToken, type Revocation, type RevocationList } from 'latchkey';

@Injectable()
export class LoggingRevocationList implements RevocationList {
  readonly log: string[] = [];
  /** When each was revoked, in seconds. Yours would drop an entry after `seconds`. */
  private readonly revoked = new Map<string, number>();

  async revoke(revocations: readonly Revocation[], _seconds: number): Promise<void> {
    for (const { kind, id, since = new Date() } of revocations) {
      this.revoked.set(`${kind} ${id}`, since.getTime() / 1000);
      this.log.push(`${kind} revoked`);
    }
  }

  /** Called for every guarded request. If it cannot decide, let it throw: that refuses the token. */
  isRevoked({ jti, sid, sub, iat, auth_time: began = iat }: RevocableToken): boolean {
    if (this.revoked.has(`token ${jti}`) || this.revoked.has(`session ${sid}`)) return true;
    // All tokens of a user, or all sessions, until a moment.
    const [user, all] = [`user ${sub}`, 'all *'].map((entry) => this.revoked.get(entry) ?? -Infinity);
    return iat <= user! || began <= all!;
  }
}

export const authModule = AuthModule.forRoot({
  jwt: {
    accessSecret: process.env.JWT_ACCESS_SECRET!,
    refreshSecret: process.env.JWT_REFRESH_SECRET!,
  },
  revocationList: LoggingRevocationList,
});
