// Bar charts as one SVG, readable on light and dark pages.
const WIDTH = 880;
const LABEL = 380;
const BAR = 20;
const GAP = 6;
const NUMBERS = 130;

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; font-size: 15px; }
  .note { fill: #59636e; font-size: 12px; }
  .ours { fill: #0969da; } .other { fill: #afb8c1; } .spread { stroke: #59636e; stroke-width: 1.5; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .note { fill: #9198a1; }
    .ours { fill: #4493f8; } .other { fill: #57606a; } .spread { stroke: #9198a1; }
  }`;

/** A chart for each part that measured rates. */
export function chart({ parts }) {
  let y = 0;
  const drawn = [];
  for (const part of Object.values(parts)) {
    if (Object.keys(part.results).length === 0) continue;
    const { svg, height } = bars(part);
    drawn.push(`<g transform="translate(0 ${y})">${svg}</g>`);
    y += height + 24;
  }
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" ` +
    `role="img" aria-label="Results of npm run bench">\n<style>${STYLE}\n</style>\n${drawn.join('\n')}\n</svg>\n`
  );
}

function bars({ title, results, date, machine }) {
  const rows = Object.entries(results).toSorted(([, a], [, b]) => b.rate.value - a.rate.value);
  const scale = (WIDTH - LABEL - NUMBERS) / Math.max(...rows.map(([, { rate }]) => rate.high));
  const lines = rows.map(([name, { rate }], i) => {
    const top = 50 + i * (BAR + GAP);
    const middle = top + BAR / 2;
    const end = LABEL + rate.value * scale;
    return [
      text(name, LABEL - 10, middle + 4, 'end'),
      `<rect class="${isOurs(name) ? 'ours' : 'other'}" x="${LABEL}" y="${top}" width="${(end - LABEL).toFixed(1)}" height="${BAR}" rx="2"/>`,
      `<line class="spread" x1="${(LABEL + rate.low * scale).toFixed(1)}" x2="${(LABEL + rate.high * scale).toFixed(1)}" y1="${middle}" y2="${middle}"/>`,
      text(figure(rate.value), LABEL + rate.high * scale + 8, middle + 4, 'start'),
    ].join('\n');
  });
  const heading = [
    `<text class="title" x="0" y="16">${escape(title)}, per second (more is better)</text>`,
    `<text class="note" x="0" y="36">${escape(`${date.slice(0, 10)}, ${machine}; the line is the spread`)}</text>`,
  ];
  return { svg: [...heading, ...lines].join('\n'), height: 50 + rows.length * (BAR + GAP) };
}

const isOurs = (name) => /^(Latchkey|guarded|refresh|session start|list)/.test(name);

const text = (content, x, y, anchor) =>
  `<text x="${x.toFixed(1)}" y="${y}" text-anchor="${anchor}">${escape(content)}</text>`;

const figure = (value) =>
  value >= 100 ? Math.round(value).toLocaleString('en').replaceAll(',', '\u202f') : value.toPrecision(3);

const escape = (content) => content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
