/** The names of metrics in a PromQL expression: everything except functions, keywords, labels and durations. */
export function metricNames(expression: string): string[] {
  const bare = expression
    .replaceAll(/"[^"]*"/g, '')
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]/g, ' ')
    .replaceAll(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ');
  const words = [...bare.matchAll(/\b[a-zA-Z_:][\w:]*\b(?!\s*\()/g)].map(([word]) => word);
  return words.filter((word) => !/^(?:and|or|unless|bool|offset|inf|nan|sum|max|min|avg|count)$/i.test(word));
}

/** The series in a page of metrics in Prometheus's text format, by name. */
export function seriesNames(page: string): string[] {
  const lines = page.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return [...new Set(lines.map((line) => /^[\w:]+/.exec(line)![0]))];
}

/** The value of one series, such as `latchkey_logins_total{outcome="failed"}`. */
export function valueOf(page: string, series: string): number {
  const line = page.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? Number.NaN : Number(line.slice(series.length + 1));
}
