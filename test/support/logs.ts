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
  const lines = service.output().split('\n').slice(0, -1); // the last one may be under way
  return lines.map((line) => JSON.parse(line) as LogLine);
}

/** All lines about one request, once it has been logged: that is after its answer. */
export async function linesAbout(
  service: Pick<ServiceProcess, 'output'>,
  requestId: string,
): Promise<LogLine[]> {
  const about = () => logLines(service).filter((line) => line.requestId === requestId);
  await until(() => about().some(({ msg }) => msg === 'request'));
  return about();
}
