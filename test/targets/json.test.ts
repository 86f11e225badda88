import { describe, expect, it } from 'vitest';
import type { TargetConfigOf } from '../../src/model/config.ts';
import type { Rollout } from '../../src/model/rollout.ts';
import type { Source } from '../../src/targets/target.ts';
import { rollout, stage, status, unread } from '../support/builders.ts';
import { openFile } from '../support/targets.ts';

const PATH = 'flags/exposures.json';

function compile(
  sources: readonly Source[],
  standing?: string,
  more: Partial<TargetConfigOf<'json'>> = {},
): { readonly text: string; readonly problems: readonly string[]; flags(): Flags } {
  const { files, problems } = openFile(
    { holds: 'flags', type: 'json', path: PATH, ...more },
    {},
  ).plan(sources, standing);
  expect(files.map(({ path }) => path)).toEqual([PATH]);
  const text = files[0]?.text ?? '';
  return { text, problems, flags: () => JSON.parse(text).flags };
}

type Flags = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

function flag(name: string, more: Partial<Rollout> = {}): Rollout {
  const environment = more.environment ?? 'production';
  return rollout({
    flag: name,
    key: `${name}@${environment}`,
    file: `rollouts/${environment}/${name}.yaml`,
    ...more,
  });
}

const valid = (subject: Rollout): Source => ({ kind: 'valid', rollout: subject });
const invalid = ({ file }: Rollout, killed = false): Source => unread({ file, killed });
const paused = status({ phase: 'paused', stage: 'early' });

it('writes the effective exposure of every flag', () => {
  const { text, problems } = compile([
    valid(
      flag('checkout', {
        allow: ['user-1'],
        block: ['user-2'],
        start: Date.UTC(2026, 11, 1, 9),
      }),
    ),
  ]);
  expect(problems).toEqual([]);
  expect(text.endsWith('}\n')).toBe(true);
  expect(JSON.parse(text)).toEqual({
    'schema-version': 1,
    flags: {
      'checkout@production': {
        flag: 'checkout',
        environment: 'production',
        file: 'rollouts/production/checkout.yaml',
        phase: 'progressing',
        stage: 'canary',
        killed: false,
        variant: 'on',
        control: 'off',
        variants: { on: true, off: false, simple: false },
        bucket_by: 'targetingKey',
        start: '2026-12-01T09:00:00Z',
        end: null,
        shadow: false,
        allow: ['user-1'],
        block: ['user-2'],
        audiences: [
          { segments: ['employees'], regions: [], tiers: [], weight: 100_000 },
          { segments: [], regions: [], tiers: [], weight: 1_000 },
        ],
      },
    },
  });
});

it('writes the same bytes whatever the order of the files, and when it is run again', () => {
  const sources = [
    valid(flag('b')),
    valid(flag('a')),
    valid(flag('a', { environment: 'staging' })),
  ];
  const { text, flags } = compile(sources);
  expect(Object.keys(flags())).toEqual(['a@production', 'a@staging', 'b@production']);
  expect(compile(sources.toReversed()).text).toBe(text);
  expect(compile(sources, text).text).toBe(text);
});

describe('what cannot be read', () => {
  const standing = compile([valid(flag('a')), valid(flag('b', { status: paused }))]);

  it('keeps the entry that stands, byte for byte', () => {
    const after = compile([valid(flag('a')), invalid(flag('b'))], standing.text);
    expect(after.text).toBe(standing.text);
    expect(after.problems).toEqual([]);
  });

  it('is the control for everyone where its kill switch is set', () => {
    const { flags } = compile([valid(flag('a')), invalid(flag('b'), true)], standing.text);
    expect(flags()['b@production']).toMatchObject({
      killed: true,
      variant: 'off',
      control: 'off',
      audiences: [],
      allow: [],
    });
    expect(flags()['a@production']).toEqual(standing.flags()['a@production']);
  });

  it('mirrors no traffic either where its kill switch is set', () => {
    const shadow = flag('b', {
      stages: [stage('shadow', { shadow: true })],
      status: status({ phase: 'progressing', stage: 'shadow' }),
    });
    const before = compile([valid(shadow)]);
    expect(before.flags()['b@production']).toMatchObject({ shadow: true });
    const { flags } = compile([invalid(shadow, true)], before.text);
    expect(flags()['b@production']).toMatchObject({ shadow: false, killed: true });
  });

  it('has no entry where it never had one', () => {
    expect(compile([invalid(flag('new'))], standing.text).flags()).toEqual({});
    expect(compile([invalid(flag('new'), true)]).flags()).toEqual({});
  });

  it('keeps the entry that stands where its stage is gone', () => {
    const gone = flag('b', { status: status({ phase: 'progressing', stage: 'gone' }) });
    const after = compile([valid(flag('a')), valid(gone)], standing.text);
    expect(after.text).toBe(standing.text);
    expect(compile([valid(gone)]).problems).toEqual([
      `${PATH}: b@production has no stage to compile and never had`,
    ]);
    expect(compile([valid(gone)]).flags()).toEqual({});
  });
});

it('drops the entry of a file that is gone', () => {
  const standing = compile([valid(flag('a')), valid(flag('b'))]).text;
  expect(Object.keys(compile([valid(flag('a'))], standing).flags())).toEqual(['a@production']);
  expect(compile([], standing).flags()).toEqual({});
});

it('kills a flag whose file is fine', () => {
  const { flags } = compile([valid(flag('a', { kill: true }))]);
  expect(flags()['a@production']).toMatchObject({ killed: true, variant: 'off', audiences: [] });
});

it('writes only the flags of its environment', () => {
  const sources = [valid(flag('a')), valid(flag('a', { environment: 'staging' }))];
  const { flags } = compile(sources, undefined, { environment: 'staging' });
  expect(Object.keys(flags())).toEqual(['a@staging']);
});

it.each([
  'not json',
  '',
  'null',
  '[]',
  '5',
  '{"flags": null}',
  '{"flags": "all"}',
  '{"flags": {"a@production": null}}',
  '{"flags": {"a@production": {"file": 5}}}',
])('writes a standing file anew that somebody made %s', (standing) => {
  expect(compile([valid(flag('a'))], standing).text).toBe(compile([valid(flag('a'))]).text);
  expect(compile([invalid(flag('a'))], standing).flags()).toEqual({});
});

it('has no end once it is completed: it is the default by then', () => {
  const end = Date.UTC(2026, 11, 31);
  const of = (phase: 'progressing' | 'completed') =>
    compile([valid(flag('a', { end, status: { ...paused, phase, stage: 'canary' } }))]).flags()[
      'a@production'
    ];
  expect(of('progressing')).toMatchObject({ end: '2026-12-31T00:00:00Z' });
  expect(of('completed')).toMatchObject({ end: null });
});
