const TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

/** Reads a day or a time in ISO 8601, such as `2026-11-28` (in UTC) or `2026-11-28T12:00:00Z`; `null` for others. */
export function parseTime(text: string): Date | null {
  const time = new Date(text);
  return TIME.test(text) && isOnCalendar(text) && !Number.isNaN(time.getTime()) ? time : null;
}

/** `Date` would continue in March after the last day of February. */
function isOnCalendar(time: string): boolean {
  const [day] = time.split('T', 1);
  const date = new Date(day!);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day!);
}
