import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseConfig } from '../../src/files/config/parse.ts';
import { parseRollout } from '../../src/files/rollout/parse.ts';
import type { Source } from '../../src/targets/target.ts';
import { parseYaml } from '../../src/yaml/parse.ts';
import { openFiles } from '../support/targets.ts';

/** The examples of the page, as somebody would paste them. */
const [, ...blocks] = readFileSync('docs/targets.md', 'utf8').split(/^```(?=yaml|nginx)/m);
const block = (sign: string): string => {
  const found = blocks.filter((text) => text.includes(sign));
  expect(found).toHaveLength(1);
  return (found[0] ?? '').replace(/^.*\n/, '').split('```')[0] ?? '';
};

const { config, findings } = parseConfig(parseYaml(block('type: gateway-api')).value);

it('the config is one', () => {
  expect(findings).toEqual([]);
});

it('the manifests and the file for NGINX are what the config compiles at 5 %', () => {
  if (!config) throw new Error('no config');
  const sources = ['new-checkout', 'new-search', 'new-basket'].map((flag): Source => {
    const file = `flag: ${flag}\nowners: ['@ada']\nstages: quick\nstatus: {phase: progressing, stage: canary}\n`;
    const { rollout } = parseRollout(`rollouts/${flag}.yaml`, parseYaml(file).value, config);
    if (!rollout) throw new Error(`${flag} is invalid`);
    return { kind: 'valid', rollout };
  });
  const standing = new Map([
    ['k8s/checkout.yaml', block('kind: HTTPRoute')],
    ['k8s/search.yaml', block('kind: VirtualService')],
    ['nginx/basket.conf', block('split_clients')],
  ]);
  const compiled = openFiles(config.targets, config.segments).map((target) =>
    target.plan(sources, standing.get(target.path)),
  );
  const moved = (text = '') =>
    text.replace('weight: 100', 'weight: 95').replace('weight: 0', 'weight: 5');
  expect(compiled).toEqual([
    {
      files: [{ path: 'k8s/checkout.yaml', text: moved(standing.get('k8s/checkout.yaml')) }],
      problems: [],
    },
    {
      files: [{ path: 'k8s/search.yaml', text: moved(standing.get('k8s/search.yaml')) }],
      problems: [],
    },
    // NGINX's is what the page shows already.
    { files: [], problems: [] },
  ]);
});

it('the blue-green rollout is one', () => {
  if (!config) throw new Error('no config');
  const file = parseYaml(block('strategy: blue-green')).value;
  expect(parseRollout('rollouts/new-shop.yaml', file, config).findings).toEqual([]);
});
