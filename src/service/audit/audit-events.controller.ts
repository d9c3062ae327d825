import { Controller, Get, Header, Headers, Query, Res } from '@nestjs/common';
import { AuditExport, type ErrorDetail, NotFoundError, Public, ValidationFailedError } from '../../index.js';
import { parseTime } from '../../settings/time.js';
import { AuditAccess } from './audit-access.js';

const DEFAULT_LIMIT = 500;
const MAX_LIMIT = 1_000;

interface EventsQuery {
  after?: unknown;
  since?: unknown;
  limit?: unknown;
}

/** The audit trail to pull, as NDJSON. Clients without access get 404. */
@Public()
@Controller('audit')
export class AuditEventsController {
  constructor(
    private readonly audit: AuditExport,
    private readonly access: AuditAccess,
  ) {}

  /** `GET /audit/events`: in order. The header `X-Latchkey-Cursor` is the next `after`. */
  @Get('events')
  @Header('Cache-Control', 'no-store')
  async read(
    @Query() query: EventsQuery,
    @Res({ passthrough: true }) reply: { header(name: string, value: string): unknown },
    @Headers('authorization') authorization?: string,
  ): Promise<string> {
    if (!this.access.allows(authorization)) throw new NotFoundError();
    const { lines, cursor } = await this.audit.read(parsed(query));
    // Not earlier: an error is JSON.
    reply.header('Content-Type', 'application/x-ndjson');
    reply.header('X-Latchkey-Cursor', cursor);
    return lines.map((line) => `${line}\n`).join('');
  }
}

/** @throws ValidationFailedError */
function parsed({ after, since, limit = String(DEFAULT_LIMIT), ...unknown }: EventsQuery) {
  const details: ErrorDetail[] = [];
  const fail = (field: string, message: string) => details.push({ field, message });
  const isText = (value: unknown) => value === undefined || typeof value === 'string';
  const time = typeof since === 'string' ? parseTime(since) : undefined;
  if (!isText(after)) fail('after', 'after must be a cursor');
  if (!isText(since) || time === null) fail('since', 'since must be a time such as 2026-11-28T12:00:00Z');
  if (typeof limit !== 'string' || !/^\d{1,4}$/.test(limit) || Number(limit) < 1 || Number(limit) > MAX_LIMIT)
    fail('limit', `limit must be a whole number from 1 to ${MAX_LIMIT}`);
  for (const name of Object.keys(unknown))
    fail(name, `${name} is not a parameter: use after, since and limit`);
  if (details.length > 0) throw new ValidationFailedError({ details });
  return { after: after as string | undefined, since: time ?? undefined, limit: Number(limit) };
}
