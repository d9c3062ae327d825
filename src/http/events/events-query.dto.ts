import { IsOptional, Matches } from 'class-validator';

/** The query of `GET /auth/events`. */
export class EventsQueryDto {
  /** Text, as it is in the address. */
  @IsOptional()
  @Matches(/^(?:[1-9]\d?|100)$/, { message: 'limit must be a whole number from 1 to 100' })
  limit?: string;
}
