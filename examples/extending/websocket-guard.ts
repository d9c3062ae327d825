// WebSockets: each message carries the token, because a socket outlives its first token.
import { type CanActivate, type ExecutionContext, Injectable, Module, UseGuards } from '@nestjs/common';
import { MessageBody, SubscribeMessage, WebSocketGateway, WsException } from '@nestjs/websockets';
import { AuthError, TokensService } from 'latchkey';

interface Message {
  accessToken: string;
  userId?: string;
}

@Injectable()
export class WebSocketAuthGuard implements CanActivate {
  constructor(private readonly tokens: TokensService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const message = context.switchToWs().getData<Message>();
    try {
      message.userId = (await this.tokens.verify(String(message.accessToken))).sub;
      return true;
    } catch (error) {
      throw new WsException(error instanceof AuthError ? error.code : 'UNAVAILABLE');
    }
  }
}

@WebSocketGateway()
class EchoGateway {
  @UseGuards(WebSocketAuthGuard)
  @SubscribeMessage('whoami')
  whoami(@MessageBody() { userId }: Message) {
    return { event: 'you', data: userId };
  }
}

@Module({ providers: [EchoGateway, WebSocketAuthGuard] })
export class EchoModule {}
