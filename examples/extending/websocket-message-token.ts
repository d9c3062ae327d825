// WebSockets whose messages carry the token themselves, because a socket outlives its first token.
import { type CanActivate, type ExecutionContext, Injectable, Module, UseGuards } from '@nestjs/common';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { TokensService } from 'latchkey';

interface Message {
  accessToken: string;
  userId?: string;
}

@Injectable()
export class MessageTokenGuard implements CanActivate {
  constructor(private readonly tokens: TokensService) {}

  /** What `verify` throws reaches the client as the event `exception`, with its code. */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const message = context.switchToWs().getData<Message>();
    message.userId = (await this.tokens.verify(String(message.accessToken))).sub;
    return true;
  }
}

@WebSocketGateway()
class NotesGateway {
  @UseGuards(MessageTokenGuard)
  @SubscribeMessage('whoami')
  whoami(@MessageBody() { userId }: Message) {
    return { event: 'you', data: userId };
  }
}

@Module({ providers: [NotesGateway, MessageTokenGuard] })
export class NotesModule {}
