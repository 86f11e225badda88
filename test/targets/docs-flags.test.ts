import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { expect, it } from 'vitest';
import { parseConfig } from '../../src/files/config/parse.ts';
import type { Json } from '../../src/model/json.ts';
import { rollout, status } from '../support/builders.ts';
import { flagd } from '../support/flagd.ts';
import { openFile } from '../support/targets.ts';

const BLOCKS = [
  ...readFileSync('docs/targets.md', 'utf8').matchAll(/^```(?:yaml|json)\n([\s\S]*?)^```$/gm),
].map(([, block = '']) => block);
const [CONFIG = '', FLAGD = '', GOFF = '', JSON_FILE = ''] = BLOCKS;

const { config, findings } = parseConfig(load(CONFIG) as Json);

const SUBJECT = rollout({
  variants: { on: true, off: false },
  fallback: 'off',
  status: status({
    phase: 'progressing',
    stage: 'early',
    since: Date.parse('2026-12-03T09:05:11Z'),
  }),
});

/** What the config of the page makes of a rollout. */
function compiled(path: string, subject = SUBJECT): string {
  const target = config?.targets.find((each) => each.path === path);
  if (!config || !target) throw new Error(`the page has no target ${path}`);
  const { files } = openFile(target, config.segments).plan(
    [{ kind: 'valid', rollout: subject }],
    undefined,
  );
  return files[0]?.text ?? '';
}

it('the config of the page is one', () => {
  expect(findings).toEqual([]);
  expect(config?.targets.map(({ type }) => type)).toEqual(['flagd', 'go-feature-flag', 'json']);
});

it('the files of the page are what is written', () => {
  expect(JSON.parse(compiled('flags/flagd.json'))).toEqual(JSON.parse(FLAGD));
  expect(compiled('flags/goff.yaml')).toBe(GOFF);
  const exposures = compiled('flags/exposures.json', {
    ...SUBJECT,
    allow: ['user-1'],
    block: ['user-2'],
  });
  expect(JSON.parse(exposures)).toEqual(JSON.parse(JSON_FILE));
});

it('the definitions of the page can be pasted', () => {
  const { variantOf } = flagd(FLAGD);
  expect(variantOf('new-checkout', { targetingKey: 'ada', email: 'ada@example.com' })).toBe('on');
});
