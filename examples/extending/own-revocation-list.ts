// Your own place for revoked access tokens. The default list shares them through PostgreSQL; this one does not.
import { Injectable } from '@nestjs/common';
import { AuthModule, type RevocableToken, type Revocation, type RevocationList } from 'latchkey';

@Injectable()
export class LoggingRevocationList implements RevocationList {
  readonly log: string[] = [];
  private readonly revoked = new Map<string, number>();

  async revoke(revocations: readonly Revocation[], seconds: number): Promise<void> {
    for (const { kind, id } of revocations) {
      this.revoked.set(`${kind} ${id}`, Date.now() + seconds * 1000);
      this.log.push(`${kind} revoked`);
    }
  }

  /** Called for every guarded request. If it cannot decide, let it throw: that refuses the token. */
  isRevoked({ jti, sid, sub }: RevocableToken): boolean {
    return [`token ${jti}`, `session ${sid}`, `user ${sub}`].some((entry) => this.revoked.has(entry));
  }
}

export const authModule = AuthModule.forRoot({
  jwt: {
    accessSecret: process.env.JWT_ACCESS_SECRET!,
    refreshSecret: process.env.JWT_REFRESH_SECRET!,
  },
  revocationList: LoggingRevocationList,
});
