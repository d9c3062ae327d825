// One app that is asked over HTTP, TCP messages, WebSockets and GraphQL, each with the same guard.
import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { MessagePattern } from '@nestjs/microservices';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { AuthModule, CurrentUser, JwtAuthGuard, Public, Roles } from 'latchkey';
import { database } from './database.js';
import { authOptions, OrdersController } from './shared.js';

export const ports = { messages: 0 };

@UseGuards(JwtAuthGuard)
@Controller()
class MessagesController {
  @MessagePattern('whoami')
  whoami(@CurrentUser('id') id: string) {
    return id;
  }

  @Roles('admin')
  @MessagePattern('secret')
  secret() {
    return 'for admins';
  }

  @Public()
  @Get('ports')
  ports() {
    return ports;
  }
}

@UseGuards(JwtAuthGuard)
@WebSocketGateway()
class SocketGateway {
  @SubscribeMessage('whoami')
  whoami(@CurrentUser('id') id: string) {
    return { event: 'you', data: id };
  }

  @Roles('admin')
  @SubscribeMessage('secret')
  secret() {
    return { event: 'secret', data: 'for admins' };
  }
}

@UseGuards(JwtAuthGuard)
@Resolver()
class ViewerResolver {
  @Query(() => String)
  whoami(@CurrentUser('id') id: string): string {
    return id;
  }

  @Roles('admin')
  @Query(() => String)
  secret(): string {
    return 'for admins';
  }
}

@Module({
  imports: [
    database,
    AuthModule.forRoot(authOptions),
    GraphQLModule.forRoot<MercuriusDriverConfig>({ driver: MercuriusDriver, autoSchemaFile: true }),
  ],
  controllers: [OrdersController, MessagesController],
  providers: [SocketGateway, ViewerResolver],
})
export class AppModule {}
