import { expect, it } from 'vitest';
import { parseConfig } from '../../src/files/config/parse.ts';
import { parseRollout } from '../../src/files/rollout/parse.ts';
import { parseYaml } from '../../src/yaml/parse.ts';

const BACKENDS = "rollout: demo, backends: {'on': canary, 'off': stable}";
const ROUTE = `{type: gateway-api, path: r.yaml, ${BACKENDS}}`;
const NGINX = `{type: nginx, path: n.conf, ${BACKENDS}, variable: $b, key: $c}`;

function findings(target: string, file: string): readonly string[] {
  const { config } = parseConfig(parseYaml(`targets: [${target}]`).value);
  if (!config) throw new Error('the config is wrong');
  const text = `flag: demo\nowners: ['@ada']\n${file}\n`;
  return parseRollout('rollouts/demo.yaml', parseYaml(text).value, config).findings.map(
    ({ severity, code, path }) => `${severity} ${code} at ${path.join('.')}`,
  );
}

const stages = (stage: string): string =>
  `stages: [{name: a, ${stage}, duration: 1d}, {name: z, percentage: 100, duration: 1d}]`;

it.each<[what: string, target: string, file: string, found: readonly string[]]>([
  ['percentages', ROUTE, 'stages: quick', []],
  ['fractions of a percent', ROUTE, stages('percentage: 0.005'), []],
  ['a segment', ROUTE, stages('segments: [staff]'), ['error not-by-weight at stages.0']],
  [
    'a share of a region',
    ROUTE,
    stages('percentage: 5, regions: [au]'),
    ['error not-by-weight at stages.0'],
  ],
  ['a ladder with a segment', ROUTE, 'stages: standard', ['error not-by-weight at stages']],
  ['allowed users', ROUTE, 'stages: quick\nallow: [u]', ['error not-by-weight at allow']],
  ['blocked users', ROUTE, 'stages: quick\nblock: [u]', ['error not-by-weight at block']],
  ['a shadow stage', ROUTE, 'stages: model', []],
  ['a shadow stage at NGINX', NGINX, 'stages: model', ['error not-by-weight at stages']],
  ['hundredths of a percent at NGINX', NGINX, stages('percentage: 0.07'), []],
  ['less than that at NGINX', NGINX, stages('percentage: 0.075'), ['error too-fine at stages.0']],
  [
    'a variant without a backend',
    ROUTE,
    "variants: {a: 1, 'off': 2}\ntreatment: a\nstages: quick",
    ['error no-backend at treatment'],
  ],
  ['another flag', ROUTE.replace('demo', 'other'), 'stages: standard', []],
])('a target of traffic and %s', (_, target, file, found) => {
  expect(findings(target, file)).toEqual(found);
});
