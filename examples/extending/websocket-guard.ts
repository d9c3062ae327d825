// WebSockets: the same guard and decorators, with the token of the request that opened the socket.
import { Module, UseGuards } from '@nestjs/common';
import { ConnectedSocket, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { type AuthUser, CurrentUser, JwtAuthGuard, OptionalAuth, Roles, SessionEndings } from 'latchkey';

interface Client {
  close(code: number, reason: string): void;
  once(event: 'close', listener: () => void): void;
}

@UseGuards(JwtAuthGuard)
@WebSocketGateway()
class EchoGateway {
  constructor(private readonly endings: SessionEndings) {}

  @SubscribeMessage('whoami')
  whoami(@CurrentUser() user: AuthUser) {
    return { event: 'you', data: user.id };
  }

  @OptionalAuth()
  @SubscribeMessage('greet')
  greet(@CurrentUser() user?: AuthUser) {
    return { event: 'greeting', data: user ? `Hello, ${user.id}` : 'Hello' };
  }

  @Roles('admin')
  @SubscribeMessage('secret')
  secret() {
    return { event: 'secret', data: 'for admins' };
  }

  /** From now on, the socket closes when the session ends, and no later than its token expires. */
  @SubscribeMessage('follow')
  follow(@CurrentUser() { sessionId, claims }: AuthUser, @ConnectedSocket() client: Client) {
    const ending = this.endings.of(sessionId).subscribe(() => client.close(4401, 'session ended'));
    const lifetime = claims.exp * 1000 - Date.now();
    const expiry = setTimeout(() => client.close(4401, 'token expired'), lifetime);
    client.once('close', () => {
      ending.unsubscribe();
      clearTimeout(expiry);
    });
    return { event: 'following', data: sessionId };
  }
}

@Module({ providers: [EchoGateway] })
export class EchoModule {}
