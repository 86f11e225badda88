import { describe, expect, it } from 'vitest';
import type { TargetConfig } from '../../src/model/config.ts';
import type { Rollout } from '../../src/model/rollout.ts';
import type { Source } from '../../src/targets/target.ts';
import { rollout, stage, status, unread } from '../support/builders.ts';
import { openFile, openFiles } from '../support/targets.ts';

const LADDER = [
  stage('canary', { percentage: 0.5 }),
  stage('quarter', { percentage: 25 }),
  stage('full', { percentage: 100 }),
];
const at = (name: string, more: Partial<Rollout> = {}): Source => ({
  kind: 'valid',
  rollout: rollout({
    stages: LADDER,
    status: status({ phase: 'progressing', stage: name }),
    ...more,
  }),
});
const invalid = (killed: boolean, more = {}): Source => unread({ killed, ...more });

const COMMON = {
  rollout: 'new-checkout',
  environment: 'production',
};
const GATEWAY: TargetConfig = {
  ...COMMON,
  holds: 'traffic',
  type: 'gateway-api',
  path: 'k8s/route.yaml',
  backends: { on: 'checkout-canary', off: 'checkout-stable', simple: 'checkout-simple' },
};
const ISTIO: TargetConfig = {
  ...COMMON,
  holds: 'traffic',
  type: 'istio',
  path: 'k8s/route.yaml',
  backends: { on: 'checkout/canary', off: 'checkout/stable' },
};

/** An HTTPRoute as people write them, with the weights of its backends. */
const route = (canary: string, stable: string): string => `# The shop's front door.
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: checkout,   labels: {app: "shop"}}
spec:
  parentRefs: [ {name: shop-gateway} ]
  rules:
    - matches:
        - headers: [{name: x-tester, value: "1"}]   # testers choose for themselves
      backendRefs: [{name: checkout-canary, port: 8080}]
    - backendRefs:
        - name: checkout-canary    # v2
          port: 8080
          weight: ${canary}
        - { name: 'checkout-stable', port: 8080, weight: ${stable} }
# The end.
`;

const virtualService = (
  canary: string,
  stable: string,
): string => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: checkout
spec:
  hosts: [checkout]
  http:
  - route:
    - destination: {host: checkout, subset: stable}
      weight: ${stable}
    - destination:
        host: checkout
        subset: canary
      weight: ${canary}
`;

function compile(config: TargetConfig, source: Source | undefined, standing?: string) {
  const sources = source === undefined ? [] : [source];
  const { files, problems } = openFile(config).plan(sources, standing);
  return { text: files[0]?.text ?? standing, changed: files.length > 0, problems };
}

describe.each([
  ['an HTTPRoute', GATEWAY, route],
  ['a VirtualService', ISTIO, virtualService],
] as const)('%s', (_, config, written) => {
  const standing = written('7', '93');
  const now = (source: Source) => compile(config, source, standing);
  const weights = (canary: number, stable: number) => ({
    text: written(String(canary), String(stable)),
    changed: true,
    problems: [],
  });

  it.each<[what: string, source: Source, canary: number, stable: number]>([
    ['pending', at('canary', { status: status() }), 0, 100],
    ['at half a percent, in the smallest numbers that say so', at('canary'), 5, 995],
    ['at 25 %', at('quarter'), 25, 75],
    ['at 100 %', at('full'), 100, 0],
    ['completed', at('full', { status: status({ phase: 'completed', stage: 'full' }) }), 100, 0],
    ['paused', at('quarter', { status: status({ phase: 'paused', stage: 'quarter' }) }), 25, 75],
    ['off', at('x', { status: status({ phase: 'rolled-back', serving: 'control' }) }), 0, 100],
    ['killed', at('quarter', { kill: true }), 0, 100],
    ['invalid and killed', invalid(true), 0, 100],
  ])(
    'has the weights of a rollout that is %s, and no other byte changes',
    (_, source, canary, stable) => {
      const once = now(source);
      expect(once).toEqual(weights(canary, stable));
      expect(compile(config, source, once.text)).toEqual({ ...once, changed: false });
    },
  );

  it.each<[what: string, source: Source]>([
    ['invalid', invalid(false)],
    ['in a stage that is gone', at('gone')],
  ])('keeps the weights that stand for a rollout that is %s', (_, source) => {
    expect(now(source)).toEqual({ text: standing, changed: false, problems: [] });
  });

  it('leaves the weights of a rollout that is gone, and says so', () => {
    expect(compile(config, undefined, standing)).toEqual({
      text: standing,
      changed: false,
      problems: [
        'k8s/route.yaml: there is no rollout new-checkout@production; remove the target, or add it',
      ],
    });
  });

  it('is never written anew', () => {
    const { changed, problems } = compile(config, at('quarter'));
    expect([changed, problems]).toEqual([false, [expect.stringContaining('it is not there')]]);
  });

  it('keeps its line endings', () => {
    const crlf = (text: string | undefined) => text?.replaceAll('\n', '\r\n');
    expect(compile(config, at('quarter'), crlf(standing)).text).toBe(crlf(weights(25, 75).text));
  });
});

describe('the control of a file that cannot be read', () => {
  const standing = route('25', '75');

  it.each<[what: string, source: Source]>([
    ['of another flag', invalid(true, { file: 'rollouts/other.yaml' })],
    ['of another environment', invalid(true, { file: 'rollouts/staging/new-checkout.yaml' })],
  ])('is not asked of a file %s', (_, source) => {
    const { text, problems } = compile(GATEWAY, source, standing);
    expect(text).toBe(standing);
    expect(problems).toEqual([expect.stringContaining('no rollout')]);
  });

  it('gets everybody where the file still names it, in a folder that is no environment', () => {
    const file = 'rollouts/payments/new-checkout.yml';
    const { text } = compile(GATEWAY, invalid(true, { file, control: 'on' }), standing);
    expect(text).toBe(route('100', '0'));
  });

  it('gets everybody where the file is called otherwise and still names its flag', () => {
    const more = { file: 'rollouts/checkout.yaml', flags: ['new-checkout', 'checkout'] };
    expect(compile(GATEWAY, invalid(true, more), standing).text).toBe(route('0', '100'));
  });

  it('gets everybody where any of its files says so', () => {
    const sources = [
      invalid(false),
      invalid(true, { file: 'rollouts/payments/new-checkout.yaml' }),
    ];
    const { files } = openFile(GATEWAY).plan(sources, standing);
    expect(files.map(({ text }) => text)).toEqual([route('0', '100')]);
  });

  it('is a problem where it has no backend', () => {
    const { text, problems } = compile(GATEWAY, invalid(true, { control: 'old' }), standing);
    expect(text).toBe(standing);
    expect(problems).toEqual([expect.stringMatching(/is killed, but does not say which/)]);
  });
});

describe('a fallback', () => {
  const degraded = at('quarter', {
    status: status({ phase: 'degraded', stage: 'quarter', serving: 'fallback' }),
  });
  const three = (canary: number, stable: number, simple: number) =>
    route(String(canary), String(stable)).replace(
      '# The end.',
      `        - {name: checkout-simple, port: 80, weight: ${simple}}\n# The end.`,
    );

  it('takes the share of the treatment where it has a backend', () => {
    expect(compile(GATEWAY, degraded, three(25, 75, 0)).text).toBe(three(0, 75, 25));
    expect(compile(GATEWAY, at('quarter'), three(0, 75, 25)).text).toBe(three(25, 75, 0));
  });

  it('leaves it to the control where it has none', () => {
    const config: TargetConfig = {
      ...GATEWAY,
      backends: { on: 'checkout-canary', off: 'checkout-stable' },
    };
    expect(compile(config, degraded, route('25', '75')).text).toBe(route('0', '100'));
  });
});

describe('a file of several documents', () => {
  const other = route('1', '1').replace('name: checkout,', 'name: basket,');
  const service = '---\napiVersion: v1\nkind: Service\nmetadata: {name: checkout-canary}\n';
  const file = (canary: string, stable: string) =>
    `# All of it.\n${service}---\n${other}---\n${route(canary, stable)}---\n# nothing\n`;
  const named: TargetConfig = { ...GATEWAY, route: 'checkout' };

  it('has one of them changed, the others byte for byte as they were', () => {
    expect(compile(named, at('quarter'), file('0', '100')).text).toBe(file('25', '75'));
  });

  it.each<[what: string, config: TargetConfig, text: string, problem: RegExp]>([
    [
      'does not say which',
      GATEWAY,
      file('0', '100'),
      /holds 2 of HTTPRoute or GRPCRoute; name one with `route:`/,
    ],
    ['does not have it', { ...named, route: 'search' }, file('0', '100'), /called `search` in it$/],
    ['has it twice', named, `${route('1', '1')}---\n${route('1', '1')}`, /keep one in the file/],
    [
      'has more of them than are read',
      named,
      '---\nkind: HTTPRoute\n'.repeat(501),
      /more than 500 documents or 1 MB of it name HTTPRoute or GRPCRoute/,
    ],
    [
      'has one that is larger than what is read',
      named,
      `${route('1', '1')}#${'.'.repeat(1024 * 1024)}\n`,
      /more than 500 documents or 1 MB of it name HTTPRoute or GRPCRoute/,
    ],
    [
      'cannot be read where it would be',
      named,
      `kind: HTTPRoute\na: [\n---\n${service}`,
      /no HTTPRoute .* could not be read \(line 3: not valid YAML/,
    ],
    [
      'cannot be edited',
      named,
      `${service}---\n${route('&w 1', '*w')}`,
      /line \d+: cannot change spec.rules.1.backendRefs.0.weight, because another part/,
    ],
  ])('that %s is refused', (_, config, text, problem) => {
    const done = compile(config, at('quarter'), text);
    expect([done.changed, done.problems]).toEqual([false, [expect.stringMatching(problem)]]);
  });
});

describe('rules that do not fit', () => {
  const canary = (weight: number) =>
    `        - {name: checkout-canary, weight: ${weight}}\n# The end.`;
  const twice = (one: string, stable: string, other: number) =>
    route(one, stable).replace('# The end.', canary(other));
  const stranger = (one: string, stable: string) =>
    route(one, stable).replace('# The end.', '        - {name: other}\n# The end.');

  it('are told of, and expose no more than was asked for', () => {
    expect(compile(GATEWAY, at('quarter'), twice('50', '50', 50))).toEqual({
      text: twice('25', '75', 0),
      changed: true,
      problems: ['k8s/route.yaml: rules 1 has checkout-canary twice; keep one'],
    });
    expect(compile(GATEWAY, at('quarter'), stranger('50', '50'))).toEqual({
      text: stranger('25', '75'),
      changed: true,
      problems: [
        "k8s/route.yaml: rules 1 also sends traffic to other, which is not among the target's `backends`",
      ],
    });
  });

  it('are let alone where none has both backends', () => {
    const text = route('1', '1').replaceAll('checkout-stable', 'old');
    expect(compile(GATEWAY, at('quarter'), text)).toEqual({
      text,
      changed: false,
      problems: [expect.stringMatching(/no rule has both the control checkout-stable/)],
    });
  });

  it('are never left with no weight at all, which would answer with errors', () => {
    // Degraded at 100 %, and the rule has no way to the fallback's backend.
    const source = at('full', {
      status: status({ phase: 'degraded', stage: 'full', serving: 'fallback' }),
    });
    expect(compile(GATEWAY, source, route('100', '0'))).toEqual({
      text: route('0', '100'),
      changed: true,
      problems: ['k8s/route.yaml: rules 1 has no checkout-simple; add it, with `weight: 0`'],
    });
  });

  it('are no trouble where the stranger weighs nothing', () => {
    const text = (canary: string, stable: string) =>
      route(canary, stable).replace('# The end.', '        - {name: other, weight: 0}\n');
    expect(compile(GATEWAY, at('quarter'), text('0', '100')).text).toBe(text('25', '75'));
  });

  it('are no trouble in Istio where the stranger has no weight, which is none', () => {
    const text = (canary: string, stable: string) =>
      `${virtualService(canary, stable)}    - destination: {host: search}\n`;
    expect(compile(ISTIO, at('quarter'), text('0', '100'))).toEqual({
      text: text('25', '75'),
      changed: true,
      problems: [],
    });
  });

  it('get a weight where they have none', () => {
    const bare = route('1', '1').replace(', weight: 1 }', '}').replace('\n          weight: 1', '');
    expect(compile(GATEWAY, at('quarter'), bare).text).toBe(
      route('25', '75').replace('weight: 75 }', 'weight: 75}'),
    );
  });
});

describe('a shadow stage', () => {
  const shadow = at('dark', {
    stages: [stage('dark', { shadow: true, percentage: 0 }), ...LADDER],
  });
  const mirrored = (percent: string) =>
    route('0', '100').replace(
      '    - backendRefs:\n',
      `    - filters:\n        - type: RequestMirror\n          requestMirror: {backendRef: {name: checkout-canary}${percent}}\n      backendRefs:\n`,
    );

  it('mirrors all of the traffic, and no other stage does', () => {
    expect(compile(GATEWAY, shadow, mirrored(', percent: 0')).text).toBe(
      mirrored(', percent: 100'),
    );
    const later = compile(GATEWAY, at('quarter'), mirrored('')).text;
    expect(later).toContain('{backendRef: {name: checkout-canary}, percent: 0}');
    expect(later).toContain('weight: 25\n');
  });

  const partly = (mirror: number) =>
    at('dark', { stages: [stage('dark', { shadow: true, percentage: 0, mirror }), ...LADDER] });

  it('mirrors the share that it asks for', () => {
    expect(compile(GATEWAY, partly(0.1), mirrored(', percent: 0'))).toMatchObject({
      text: mirrored(', percent: 10'),
      problems: [],
    });
    expect(compile(GATEWAY, partly(0.29), mirrored(', percent: 0'))).toMatchObject({
      text: mirrored(', percent: 29'),
      problems: [],
    });
    // HTTPRoute has whole percents: never more than was asked for, and that is told.
    expect(compile(GATEWAY, partly(0.025), mirrored(', percent: 0'))).toMatchObject({
      text: mirrored(', percent: 2'),
      problems: ['k8s/route.yaml: rules 1 mirrors whole percents alone, and 2.5 % is asked for'],
    });
  });

  it('needs a mirror, and one that can be turned off', () => {
    expect(compile(GATEWAY, shadow, route('0', '100')).problems).toEqual([
      'k8s/route.yaml: no rule mirrors traffic to checkout-canary, as the shadow stage asks',
    ]);
    const fraction = mirrored(', fraction: {numerator: 1}');
    expect(compile(GATEWAY, at('quarter'), fraction).problems).toEqual([
      'k8s/route.yaml: rules 1 mirrors a `fraction`; write it as `percent`',
    ]);
  });

  it.each([
    [
      'mirror',
      (value: number) =>
        `    mirror: {host: checkout, subset: canary}\n    mirrorPercentage:\n      value: ${value}\n`,
    ],
    [
      'mirrors',
      (value: number) =>
        `    mirrors:\n    - destination: {host: checkout, subset: canary}\n      percentage: {value: ${value}}\n`,
    ],
  ])("sets Istio's %s", (_, mirror) => {
    const text = (value: number) => `${virtualService('0', '100')}${mirror(value)}`;
    expect(compile(ISTIO, shadow, text(0)).text).toBe(text(100));
    expect(compile(ISTIO, partly(0.025), text(0)).text).toBe(text(2.5));
    expect(compile(ISTIO, at('canary', { kill: true }), text(100)).text).toBe(text(0));
  });
});

it('several rollouts may share one file, each in its own route', () => {
  const basket = route('0', '100').replaceAll('checkout', 'basket');
  const configs: TargetConfig[] = [
    { ...GATEWAY, route: 'checkout' },
    {
      ...GATEWAY,
      route: 'basket',
      rollout: 'new-basket',
      backends: { on: 'basket-canary', off: 'basket-stable' },
    },
  ];
  const sources = [at('quarter'), at('full', { flag: 'new-basket', key: 'new-basket@production' })];
  const [target, ...others] = openFiles(configs);
  expect(others).toEqual([]);
  const compiled = target?.plan(sources, `${route('0', '100')}---\n${basket}`);
  expect(compiled).toEqual({
    files: [
      {
        path: 'k8s/route.yaml',
        text: `${route('25', '75')}---\n${route('100', '0').replaceAll('checkout', 'basket')}`,
      },
    ],
    problems: [],
  });
});
