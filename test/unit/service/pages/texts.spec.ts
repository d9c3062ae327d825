import { PasswordPolicy } from '../../../../src/users/password-policy.js';
import { displayNameProblem } from '../../../../src/users/display-name.js';
import { field } from '../../../../src/service/pages/fields.js';
import { html } from '../../../../src/service/pages/html.js';
import { counted, TEXTS } from '../../../../src/service/pages/texts/texts.js';

const { en, de, fr } = TEXTS;

/** All texts of a catalog, by their path. */
const textsIn = (value: object, path = ''): [string, string][] =>
  Object.entries(value).flatMap(([name, inside]: [string, string | object]) =>
    typeof inside === 'string' ? [[`${path}/${name}`, inside]] : textsIn(inside, `${path}/${name}`),
  );
const namesIn = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).toSorted();

describe('the catalogs', () => {
  it.each([
    ['de', de],
    ['fr', fr],
  ])('%s has a text for each one in English, and puts the same values into it', (_, catalog) => {
    const english = new Map(textsIn(en));
    for (const [path, text] of textsIn(catalog))
      expect([path, text.trim() !== '', namesIn(text)]).toEqual([path, true, namesIn(english.get(path)!)]);
    expect(textsIn(catalog).map(([path]) => path)).toEqual([...english.keys()]);
  });

  it('count as the language does', () => {
    const { second } = en.script.again;
    expect([1, 2, 0, 1200].map((count) => counted(second, count, 'en'))).toEqual([
      'Try again in 1 second.',
      'Try again in 2 seconds.',
      'Try again in 0 seconds.',
      'Try again in 1,200 seconds.',
    ]);
    expect(counted(de.script.again.minute, 1, 'de')).toBe('Versuchen Sie es in 1 Minute erneut.');
    expect(counted(fr.script.again.second, 0, 'fr')).toBe('Réessayez dans 0 seconde.');
  });

  it('know what the service says about passwords and names', () => {
    const policy = new PasswordPolicy({ minLength: 15, serviceName: 'latchkey' });
    const owner = { email: 'ada@example.com', name: 'Ada Lovelace' };
    const current = 'correct horse battery';
    const wrong = [
      'short',
      'a'.repeat(300),
      'aaaabbbbaaaabbbb',
      'ada@example.com ada@example.com',
      'my latchkey password',
      'lone \uD800 surrogates here',
      'qwertyuiopqwertyuiop',
      current,
      '123456789012345678',
    ];
    const said = [
      ...wrong.map((password) => policy.problem(password, { ...owner, current })),
      ...['\u0000', 'a'.repeat(201), ' '].map((name) => `name ${displayNameProblem(name)}`),
    ];
    const known = Object.keys(en.script.details).map(
      (text) =>
        new RegExp(
          `^${text.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`).replaceAll(/\{\w+\}/g, '(.+)')}$`,
        ),
    );
    expect(said).not.toContain(null);
    expect(said.filter((text) => !known.some((pattern) => pattern.test(text!)))).toEqual([]);
  });
});

describe('the templates', () => {
  it('escape whatever is put into them', () => {
    const [quotes, markup] = [`"'`, '<b>&'];
    expect(html`<p title="${quotes}">${markup}</p>`.text).toBe('<p title="&quot;&#39;">&lt;b&gt;&amp;</p>');
    const rows = [html`<i>1</i>`, html`<i>2</i>`];
    expect(html`${undefined}${false}${0}${rows}`.text).toBe('0<i>1</i><i>2</i>');
  });

  it('a field names its hint and its error', () => {
    const { text } = field(en, { name: 'x', label: '<X>', autocomplete: 'off', hint: 'Like this' });
    expect(text).toContain('aria-describedby="x-hint x-error"');
    expect(text).toContain('&lt;X&gt;');
    expect(text).not.toContain('class="show"');
  });
});
