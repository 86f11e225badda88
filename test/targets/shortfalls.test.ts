import { describe, expect, it } from 'vitest';
import type { Config, TargetConfig } from '../../src/model/config.ts';
import type { Rollout } from '../../src/model/rollout.ts';
import { rollout, stage, status } from '../support/builders.ts';
import { openFiles } from '../support/targets.ts';

const SEGMENTS: Config['segments'] = {
  modern: { attribute: 'version', operator: 'semver', values: ['>=2.0.0'] },
};
const MINE = { rollout: 'new-checkout', environment: 'production' };
const GATEWAY: TargetConfig = {
  ...MINE,
  holds: 'traffic',
  type: 'gateway-api',
  path: 'route.yaml',
  backends: { on: 'canary', off: 'stable' },
};

const route = (...names: readonly string[]): string => `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: checkout}
spec: {rules: [{backendRefs: [${names.map((name) => `{name: ${name}, weight: 0}`).join(', ')}]}]}
`;

/** What the targets of a config could not do for a rollout in a stage of a quarter of the users. */
function shortfalls(
  targets: readonly TargetConfig[],
  more: Partial<Rollout> = {},
  standing?: string,
): readonly string[] {
  const subject = rollout({
    stages: [stage('quarter', { percentage: 25 })],
    status: status({ phase: 'progressing', stage: 'quarter' }),
    ...more,
  });
  return openFiles(targets, SEGMENTS).flatMap((target) =>
    target.shortfalls({ kind: 'valid', rollout: subject }, standing),
  );
}

describe('what a target could not carry out of one rollout', () => {
  const lists = { variants: { on: [1], off: true, simple: true } };
  const modern = { stages: [stage('quarter', { segments: ['modern'] })] };

  it.each<[what: string, target: TargetConfig, more: Partial<Rollout>, said: RegExp]>([
    [
      'variants that flagd refuses',
      { holds: 'flags', type: 'flagd', path: 'f.json' },
      lists,
      /^f\.json: .*`on`/,
    ],
    [
      'a segment without words for it',
      { holds: 'flags', type: 'go-feature-flag', path: 'g.yaml' },
      modern,
      /^g\.yaml: .*nobody is exposed through it$/,
    ],
  ])('is %s', (_, target, more, said) => {
    expect(shortfalls([target], more)).toEqual([expect.stringMatching(said)]);
    // The same asked of a target that has no part in it, or that can say it.
    expect(shortfalls([{ ...target, environment: 'staging' } as TargetConfig], more)).toEqual([]);
    expect(shortfalls([target])).toEqual([]);
    expect(shortfalls([{ holds: 'flags', type: 'json', path: 'e.json' }], more)).toEqual([]);
  });

  it.each<[what: string, standing: string | undefined, said: readonly RegExp[]]>([
    ['a manifest that is not there', undefined, [/it is not there/]],
    ['a backend that is not in it', route('stable', 'other'), [/no rule has both/]],
    ['nothing', route('stable', 'canary'), []],
  ])('is %s', (_, standing, said) => {
    expect(shortfalls([GATEWAY], {}, standing)).toEqual(
      said.map((each) => expect.stringMatching(each)),
    );
  });

  it('is nothing that only another rollout of the same manifest lacks', () => {
    const other: TargetConfig = {
      ...GATEWAY,
      rollout: 'new-basket',
      backends: { on: 'a', off: 'b' },
    };
    expect(shortfalls([GATEWAY, other], {}, route('stable', 'canary'))).toEqual([]);
    expect(shortfalls([other], {}, route('stable', 'canary'))).toEqual([]);
  });
});
