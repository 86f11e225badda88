import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TargetConfig } from '../../src/model/config.ts';
import { isMapping, type Json } from '../../src/model/json.ts';
import type { Source } from '../../src/targets/target.ts';
import { wholeWeights } from '../../src/targets/traffic/split.ts';
import { parseYaml } from '../../src/yaml/parse.ts';
import { rollout, stage, status } from '../support/builders.ts';
import { openFile } from '../support/targets.ts';

/** Percentages in steps of 0.001 %. */
const weight = fc.integer({ min: 0, max: 100_000 });

const target: TargetConfig = {
  holds: 'traffic',
  type: 'gateway-api',
  path: 'route.yaml',
  rollout: 'new-checkout',
  environment: 'production',
  backends: { on: 'canary', off: 'stable' },
};

const source = (share: number): Source => ({
  kind: 'valid',
  rollout: rollout({
    stages: [stage('canary', { percentage: share / 1000 })],
    status: status({ phase: 'progressing', stage: 'canary' }),
  }),
});

/** A backend as somebody may have written it; `@` is where its weight stands, if it has one. */
const backend = (name: string) =>
  fc.constantFrom(
    `- name: ${name}  # c\n      port: 80\n      weight: @   # w\n`,
    `- {port: 80,  weight:   @, name: '${name}'}\n`,
    `- weight: @\n      name: "${name}"\n`,
    `- {name: ${name}, filters: [{type: X}], weight: @ }   # c\n`,
    `- weight: &w@name @\n      name: ${name}\n`.replace('@name', name),
  );

const route = fc
  .tuple(
    fc
      .shuffledSubarray(['canary', 'stable'], { minLength: 2 })
      .chain((names) => fc.tuple(...names.map(backend))),
    fc.constantFrom('', '# above\n', '---\n', 'x: &a [1]\n---\n'),
    fc.constantFrom('', '# below', '---\nkind: HTTPRoute # of nobody\n', '...\n'),
    fc.constantFrom('\n', '\r\n'),
  )
  .map(([backends, above, below, lineBreak]) =>
    [
      above,
      'apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: r}\n',
      'spec:\n  rules:\n  - name: "first"   # one\n    backendRefs:\n',
      ...backends.map((text) => `    ${text}`),
      below,
    ]
      .join('')
      .replaceAll('\n', lineBreak),
  );

/** Every `weight` of a document, by the name beside it. */
function weightsIn(value: Json): Readonly<Record<string, Json>> {
  if (Array.isArray(value)) return Object.assign({}, ...value.map(weightsIn));
  if (!isMapping(value)) return {};
  if (typeof value.name === 'string' && value.weight !== undefined) {
    return { [value.name]: value.weight };
  }
  return Object.assign({}, ...Object.values(value).map(weightsIn));
}

describe('the weights of any route', () => {
  it('are the only bytes that change, say the share exactly, and stay as they are', () => {
    fc.assert(
      fc.property(route, fc.nat({ max: 1_000_000 }), weight, (written, stood, share) => {
        const standing = written.replaceAll('@', String(stood));
        const { files, problems } = openFile(target).plan([source(share)], standing);
        expect(problems).toEqual([]);
        const text = files[0]?.text ?? standing;
        const pattern = written
          .split('@')
          .map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
          .join('\\d+');
        expect(text).toMatch(new RegExp(`^${pattern}$`));

        const [document = ''] = text
          .split(/^---\r?\n/m)
          .filter((part) => part.includes('apiVersion'));
        const { canary, stable } = weightsIn(parseYaml(document).value);
        const sum = Number(canary) + Number(stable);
        expect([100, 1000, 10_000, 100_000]).toContain(sum);
        expect(Number(canary) * 100_000).toBe(share * sum);

        expect(openFile(target).plan([source(share)], text).files).toEqual([]);
      }),
    );
  });

  it('are the smallest whole numbers out of a power of ten', () => {
    fc.assert(
      fc.property(weight, (share) => {
        const [exposed, rest] = wholeWeights(share);
        const sum = exposed + rest;
        expect(exposed * 100_000).toBe(share * sum);
        expect(Math.min(exposed, rest)).toBeGreaterThanOrEqual(0);
        if (sum > 100) expect(exposed % 10).not.toBe(0);
      }),
    );
  });
});
