import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';

const ROOT = join(import.meta.dirname, '../../..');
const text = (file: string) => readFileSync(join(ROOT, file), 'utf8');

interface Rules {
  groups: { name: string; rules: { alert: string; annotations: Record<string, string> }[] }[];
}

const { groups } = load(text('deploy/prometheus-alerts.yml')) as Rules;

describe('the alert rules', () => {
  it('have a cause and a cure in the guide on operations', () => {
    const names = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));
    const described = [...text('docs/operations.md').matchAll(/^\| `(Latchkey\w+)`/gm)].map(
      ([, name]) => name,
    );
    expect(described.sort()).toEqual(names.sort());
  });

  it('have different names, and say what happened', () => {
    const rules = groups.flatMap((group) => group.rules);
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const { annotations } of rules)
      expect(annotations).toMatchObject({ summary: expect.any(String), description: expect.any(String) });
  });

  it('name only commands that exist', () => {
    const program = text('src/cli/program.ts');
    const commands = [...text('deploy/prometheus-alerts.yml').matchAll(/latchkey (keys|sessions) (\w+)/g)];
    expect(commands.length).toBeGreaterThan(1);
    for (const [, group, name] of commands) expect(program).toMatch(new RegExp(`add\\(${group}, '${name}`));
  });
});
