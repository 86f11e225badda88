import { expect, it } from 'vitest';
import type { TargetConfigOf } from '../../src/model/config.ts';
import type { Source } from '../../src/targets/target.ts';
import { rollout, stage, status, unread } from '../support/builders.ts';
import { openFile } from '../support/targets.ts';

const CONFIG: TargetConfigOf<'nginx'> = {
  holds: 'traffic',
  type: 'nginx',
  path: 'nginx/checkout.conf',
  rollout: 'new-checkout',
  environment: 'production',
  backends: { on: 'checkout_v2', off: 'checkout_v1', simple: 'checkout_lite' },
  variable: '$checkout_backend',
  key: '$cookie_uid',
};

const at = (percentage: number, more = {}): Source => ({
  kind: 'valid',
  rollout: rollout({
    stages: [stage('canary', { percentage })],
    status: status({ phase: 'progressing', stage: 'canary', ...more }),
  }),
});

function compile(source: Source, standing?: string) {
  const { files, problems } = openFile(CONFIG).plan([source], standing);
  expect(problems).toEqual([]);
  return files[0]?.text;
}

const HEAD =
  '# Written by Sluice for new-checkout@production: what is changed here is written over.\n';
const everyone = (backend: string): string =>
  `${HEAD}map $cookie_uid $checkout_backend {\n    default ${backend};\n}\n`;
const split = (percent: string, backend: string): string => `${HEAD}\
split_clients "new-checkout:$cookie_uid" $checkout_backend_by_hash {
    ${percent} ${backend};
    ${'*'.padEnd(percent.length)} checkout_v1;
}
map $cookie_uid $checkout_backend {
    ''      checkout_v1;
    default $checkout_backend_by_hash;
}
`;

it.each<[what: string, source: Source, text: string]>([
  ['at 5 %', at(5), split('5%', 'checkout_v2')],
  ['at half a percent', at(0.5), split('0.5%', 'checkout_v2')],
  ['at the smallest step', at(0.01), split('0.01%', 'checkout_v2')],
  ['below the smallest step', at(0.009), everyone('checkout_v1')],
  ['between steps: never more than was asked for', at(0.129), split('0.12%', 'checkout_v2')],
  ['at 99.99 %', at(99.99), split('99.99%', 'checkout_v2')],
  ['at 0 %', at(0), everyone('checkout_v1')],
  ['at 100 %', at(100), everyone('checkout_v2')],
  ['degraded', at(5, { phase: 'degraded', serving: 'fallback' }), split('5%', 'checkout_lite')],
  ['off', at(5, { phase: 'rolled-back', serving: 'control' }), everyone('checkout_v1')],
])('%s', (_, source, text) => {
  expect(compile(source)).toBe(text);
  expect(compile(source, text)).toBe(text);
});

it('writes nothing for a file that cannot be read, and the control where that is killed', () => {
  expect(compile(unread(), split('5%', 'checkout_v2'))).toBeUndefined();
  expect(compile(unread({ killed: true }))).toBe(everyone('checkout_v1'));
});
