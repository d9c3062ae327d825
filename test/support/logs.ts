import type { ServiceProcess } from './service-process.js';
import { until } from './until.js';

export interface LogLine {
  level: number;
  time: string;
  msg: string;
  [field: string]: unknown;
}

/** What the service has logged so far. Throws if a line is not JSON: each event is one line of JSON. */
export function logLines(service: Pick<ServiceProcess, 'output'>): LogLine[] {
  return lines(service).map((line) => JSON.parse(line) as LogLine);
}

/** All lines about one request, once it has been logged, which happens after its answer. */
export async function linesAbout(
  service: Pick<ServiceProcess, 'output'>,
  requestId: string,
): Promise<LogLine[]> {
  // The text is searched first: parsing thousands of lines to find one takes longer than the request.
  const about = () =>
    lines(service)
      .filter((line) => line.includes(requestId))
      .map((line) => JSON.parse(line) as LogLine)
      .filter((line) => line.requestId === requestId);
  await until(() => about().some(({ msg }) => msg === 'request'));
  return about();
}

const lines = ({ output }: Pick<ServiceProcess, 'output'>): string[] => output().split('\n').slice(0, -1); // the last line may be incomplete
