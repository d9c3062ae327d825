import { IsOptional, Matches } from 'class-validator';

/** The query of `GET /auth/events`. */
export class EventsQueryDto {
  /** The maximum number of events, 1 to 100; a string, as in the URL. Default: 50. */
  @IsOptional()
  @Matches(/^(?:[1-9]\d?|100)$/, { message: 'limit must be a whole number from 1 to 100' })
  limit?: string;
}
