// The table of environment variables as the guides show it, made from the one the service reads by.
import { format } from 'prettier';

const MARKED = /(<!-- variables:begin -->\n)[^]*?(<!-- variables:end -->)/;

/** The guide with the table of these variables between its markers. */
export async function withTable(guide, variables) {
  if (!MARKED.test(guide)) throw new Error('<!-- variables:begin --> and <!-- variables:end --> are missing');
  const rows = variables.map(
    (variable) =>
      `| \`${variable.name}\` | ${defaultOf(variable)} | ${variable.meaning}. | ${variable.option ? `\`${variable.option}\`` : ''} |`,
  );
  const table = [
    '| Variable | Default | Meaning | Option of the module |',
    '| - | - | - | - |',
    ...rows,
  ].join('\n');
  const text = guide.replace(MARKED, (_, begin, end) => `${begin}\n${table}\n\n${end}`);
  return format(text, { parser: 'markdown', printWidth: 110 });
}

function defaultOf({ default: text, developmentDefault, defaultNote = 'none' }) {
  if (text === undefined) return defaultNote;
  return developmentDefault === undefined
    ? `\`${text}\``
    : `\`${text}\` (\`${developmentDefault}\` in development)`;
}
