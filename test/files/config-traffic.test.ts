import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/files/config/parse.ts';
import { parseYaml } from '../../src/yaml/parse.ts';

const BACKENDS = "backends: {'on': canary, 'off': stable}";
const NGINX = `type: nginx, path: n.conf, rollout: a, ${BACKENDS}`;
const ROUTE = `type: gateway-api, path: r.yaml, rollout: a, ${BACKENDS}`;

const read = (targets: string, more = '') =>
  parseConfig(parseYaml(`targets: [${targets}]\n${more}`).value);

it('reads targets of traffic', () => {
  const { config, findings } = read(
    `{${ROUTE}, route: front}, {${NGINX}, variable: $b, key: $cookie_uid}`,
  );
  expect(findings).toEqual([]);
  const common = {
    holds: 'traffic',
    rollout: 'a',
    environment: 'production',
    backends: { on: 'canary', off: 'stable' },
  };
  expect(config?.targets).toEqual([
    { ...common, type: 'gateway-api', path: 'r.yaml', route: 'front' },
    { ...common, type: 'nginx', path: 'n.conf', variable: '$b', key: '$cookie_uid' },
  ]);
});

it('lets several rollouts set weights in one file', () => {
  expect(read(`{${ROUTE}}, {${ROUTE.replace('gateway-api', 'istio')}}`).findings).toEqual([]);
  expect(read(`{${ROUTE}}, {type: json, path: r.yaml}`).findings).toMatchObject([
    { code: 'duplicate-target', path: ['targets', 1, 'path'] },
  ]);
});

it.each<[what: string, target: string, code: string, where: string, more?: string]>([
  ['no rollout', `type: istio, path: r.yaml, ${BACKENDS}`, 'missing-key', 'targets.0'],
  ['no backends', 'type: istio, path: r.yaml, rollout: a', 'missing-key', 'targets.0'],
  [
    'one backend',
    'type: istio, path: r.yaml, rollout: a, backends: {a: b}',
    'bad-value',
    'targets.0.backends',
  ],
  ['no key', `${NGINX}, variable: $b`, 'missing-key', 'targets.0'],
  ['a key that NGINX lacks', `${ROUTE}, key: $b`, 'unknown-key', 'targets.0.key'],
  [
    'traffic in a json target',
    'type: json, path: r.json, rollout: a',
    'unknown-key',
    'targets.0.rollout',
  ],
  [
    'a subset where there is none',
    ROUTE.replace('canary', 'a/b'),
    'bad-value',
    'targets.0.backends.on',
  ],
  [
    'the key as its variable',
    `${NGINX}, variable: $cookie_UID, key: $cookie_uid`,
    'bad-value',
    'targets.0.variable',
  ],
  [
    'no environment of several',
    ROUTE,
    'missing-key',
    'targets.0',
    'environments: [staging, production]',
  ],
])('refuses %s', (_, target, code, where, more) => {
  const found = read(`{${target}}`, more).findings.map((each) => [each.code, each.path.join('.')]);
  expect(found).toEqual([[code, where]]);
});

describe('what would be written into a config of NGINX', () => {
  it.each(['$b; include /etc/passwd', '$b {', '$', 'b', '$b-c', `\${b}`, '$b\n', '$b"', '$1'])(
    'is no variable: %j',
    (variable) => {
      for (const [key, other] of [
        ['variable', 'key'],
        ['key', 'variable'],
      ]) {
        const text = `{${NGINX}, ${key}: ${JSON.stringify(variable)}, ${other}: $ok}`;
        expect(read(text).findings).toMatchObject([
          { code: 'bad-value', path: ['targets', 0, key] },
        ]);
      }
    },
  );

  it.each(['a;', 'a b', '$a', 'a}', "a'", 'a"', 'a\n', '-a', '', 'a#b', 'a\\', 'ä', 'http://a'])(
    'is no backend: %j',
    (name) => {
      const target = NGINX.replace('canary', JSON.stringify(name));
      const { findings } = read(`{${target}, variable: $b, key: $c}`);
      expect(findings).toMatchObject([
        { code: 'bad-value', path: ['targets', 0, 'backends', 'on'] },
      ]);
    },
  );

  it.each(['a"', 'a b', 'a;', '$a', 'a\n'])('is no rollout: %j', (name) => {
    const target = NGINX.replace('rollout: a', `rollout: ${JSON.stringify(name)}`);
    expect(read(`{${target}, variable: $b, key: $c}`).findings).toMatchObject([
      { code: 'bad-value', path: ['targets', 0, 'rollout'] },
    ]);
  });
});
