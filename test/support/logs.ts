import type { ServiceProcess } from './service-process.js';
import { until } from './until.js';

export interface LogLine {
  level: number;
  time: string;
  msg: string;
  [field: string]: unknown;
}

/** What the service has logged so far. Throws where a line is no JSON: one event is one line of JSON. */
export function logLines(service: Pick<ServiceProcess, 'output'>): LogLine[] {
  return lines(service).map((line) => JSON.parse(line) as LogLine);
}

/** All lines about one request, once it has been logged: that is after its answer. */
export async function linesAbout(
  service: Pick<ServiceProcess, 'output'>,
  requestId: string,
): Promise<LogLine[]> {
  // The text is looked through first: to parse thousands of lines for one takes longer than the request.
  const about = () =>
    lines(service)
      .filter((line) => line.includes(requestId))
      .map((line) => JSON.parse(line) as LogLine)
      .filter((line) => line.requestId === requestId);
  await until(() => about().some(({ msg }) => msg === 'request'));
  return about();
}

const lines = ({ output }: Pick<ServiceProcess, 'output'>): string[] => output().split('\n').slice(0, -1); // the last one may be under way
