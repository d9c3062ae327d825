// GraphQL: the same guard and decorators. They find the request in the context, with Apollo and with Mercurius.
import { Module, UseGuards } from '@nestjs/common';
import { Field, GraphQLModule, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { type AuthUser, CurrentUser, JwtAuthGuard, OptionalAuth, Roles, StepUp } from 'latchkey';

@ObjectType()
class Viewer {
  @Field(() => String)
  id!: string;
}

@UseGuards(JwtAuthGuard)
@Resolver()
class ViewerResolver {
  @Query(() => Viewer)
  viewer(@CurrentUser() user: AuthUser): Viewer {
    return { id: user.id };
  }

  @OptionalAuth()
  @Query(() => String)
  greeting(@CurrentUser() user?: AuthUser): string {
    return user ? `Hello, ${user.id}` : 'Hello';
  }

  @Roles('admin')
  @Query(() => String)
  secret(): string {
    return 'for admins';
  }

  @StepUp({ maxAge: '5m' })
  @Query(() => String)
  apiKey(): string {
    return 'for users who have just shown who they are';
  }

  @StepUp({ acr: 'mfa' })
  @Query(() => String)
  vault(): string {
    return 'for users who have just shown a second factor';
  }
}

@Module({
  imports: [GraphQLModule.forRoot<MercuriusDriverConfig>({ driver: MercuriusDriver, autoSchemaFile: true })],
  providers: [ViewerResolver],
})
export class ViewerModule {}
