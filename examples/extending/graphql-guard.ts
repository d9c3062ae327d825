// GraphQL: the request is in the resolver's context. Everything else is the same guard.
import { createParamDecorator, type ExecutionContext, Injectable, Module, UseGuards } from '@nestjs/common';
import { Field, GqlExecutionContext, GraphQLModule, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { type AuthUser, JwtAuthGuard } from 'latchkey';

const requestOf = (context: ExecutionContext) =>
  GqlExecutionContext.create(context).getContext<{ request: { user: AuthUser } }>().request;

@Injectable()
export class GraphqlAuthGuard extends JwtAuthGuard {
  override getRequest(context: ExecutionContext) {
    return requestOf(context);
  }
}

export const GraphqlUser = createParamDecorator(
  (_: unknown, context: ExecutionContext) => requestOf(context).user,
);

@ObjectType()
class Viewer {
  @Field(() => String)
  id!: string;
}

@Resolver()
class ViewerResolver {
  @UseGuards(GraphqlAuthGuard)
  @Query(() => Viewer)
  viewer(@GraphqlUser() user: AuthUser): Viewer {
    return { id: user.id };
  }
}

@Module({
  imports: [
    GraphQLModule.forRoot<MercuriusDriverConfig>({
      driver: MercuriusDriver,
      autoSchemaFile: true,
      context: (request) => ({ request }),
    }),
  ],
  providers: [ViewerResolver, GraphqlAuthGuard],
})
export class ViewerModule {}
