// Server-sent events: the stream ends with the session, or with the access token that opened it.
import { Controller, type MessageEvent, Module, Sse, UseGuards } from '@nestjs/common';
import { type AuthUser, CurrentUser, JwtAuthGuard, SessionEndings } from 'latchkey';
import { interval, map, merge, type Observable, takeUntil, timer } from 'rxjs';

@UseGuards(JwtAuthGuard)
@Controller('news')
class NewsController {
  constructor(private readonly endings: SessionEndings) {}

  @Sse()
  follow(@CurrentUser() { sessionId, claims }: AuthUser): Observable<MessageEvent> {
    const expiry = timer(new Date(claims.exp * 1000));
    return interval(1000).pipe(
      map((count) => ({ data: { count } })),
      takeUntil(merge(this.endings.of(sessionId), expiry)),
    );
  }
}

@Module({ controllers: [NewsController] })
export class NewsModule {}
