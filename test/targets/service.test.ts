import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../../src/files/config/defaults.ts';
import { readRolloutFile } from '../../src/files/read.ts';
import { exposureOf } from '../../src/model/exposure.ts';
import type { Json } from '../../src/model/json.ts';
import type { Written } from '../../src/repository/commit.ts';
import {
  carryOutTargets,
  compileTargets,
  shortfallsOf,
  withoutTargets,
} from '../../src/repository/compile-targets.ts';
import type { World } from '../../src/repository/world.ts';
import { readServices } from '../../src/targets/plan.ts';
import type { Refusal, ServiceTarget, Target } from '../../src/targets/target.ts';
import { rollout } from '../support/builders.ts';
import { openFile } from '../support/targets.ts';

/** A service that keeps the weight of each flag, and what it does with a change. */
function service(
  has: Map<string, Json>,
  takes: (key: string) => 'it' | 'nothing' | Refusal = () => 'it',
): ServiceTarget {
  return {
    kind: 'service',
    name: 'flags.example.com',
    carries: (source) => source.kind === 'valid',
    readBack: async () => new Map(has),
    plan(sources, standing) {
      const valid = sources.flatMap((source) => (source.kind === 'valid' ? [source.rollout] : []));
      const weights = valid.map((each) => ({
        key: each.flag,
        value: exposureOf(each)?.audiences[0]?.weight ?? 0,
      }));
      return {
        changes: weights.filter(({ key, value }) => standing.get(key) !== value),
        problems: valid
          .filter(({ allow }) => allow.length > 0)
          .map(({ key }) => `flags.example.com: ${key} has \`allow\`, which it cannot do`),
      };
    },
    async apply(changes) {
      return changes.flatMap(({ key, value }) => {
        const taken = takes(key);
        if (taken === 'it') has.set(key, value);
        return typeof taken === 'object' ? [taken] : [];
      });
    },
  };
}

const FILE = openFile({ holds: 'flags', type: 'json', path: 'flags.json' });
const ROLLOUT = `flag: new-checkout
owners: ['@ada']
stages: quick
status: {phase: progressing, stage: canary}
`;

/** What a pass reads of a branch with one rollout at 5 %, and these targets. */
async function worldOf(...opened: readonly Target[]): Promise<World> {
  const { services, unread } = await readServices(opened);
  return {
    head: { oid: 'a', branch: 'main' },
    config: DEFAULT_CONFIG,
    configProblems: [],
    sources: [readRolloutFile('rollouts/new-checkout.yaml', ROLLOUT, DEFAULT_CONFIG)],
    targets: opened.filter((each) => unread.every(({ target }) => target !== each)),
    services,
    unwritable: unread,
    standing: new Map(),
    concerns: { paths: [], under: [], matches: () => false, enters: () => false },
  };
}

const committed = async (): Promise<Written> => ({
  kind: 'committed',
  oid: 'b',
  head: { oid: 'b', branch: 'main' },
  leftOut: [],
});

async function carriedOut(world: World, commit = committed) {
  const compiled = compileTargets(world, world.sources);
  const written = await carryOutTargets(compiled, commit);
  return { compiled, leftOut: written.kind === 'committed' ? written.leftOut : [] };
}

describe('a target that is a service', () => {
  it('is planned beside the files, changed after the commit, and then is as it should be', async () => {
    const has = new Map<string, Json>([['another', 7]]);
    const target = service(has);
    const { compiled, leftOut } = await carriedOut(await worldOf(FILE, target));
    expect(compiled).toMatchObject({ changed: ['flags.json', 'flags.example.com'], problems: [] });
    expect(compiled.files.map(({ path }) => path)).toEqual(['flags.json']);
    expect(leftOut).toEqual([]);
    expect([...has]).toEqual([
      ['another', 7],
      ['new-checkout', 5_000],
    ]);
    const again = await worldOf(target);
    expect(compileTargets(again, again.sources).changed).toEqual([]);
  });

  it('is left alone if the branch does not take the commit', async () => {
    const has = new Map<string, Json>();
    await carriedOut(await worldOf(service(has)), async () => ({ kind: 'superseded' }));
    expect(has.size).toBe(0);
  });

  it('says why it refused, and is a shortfall of the rollout from then on', async () => {
    const refusal = { key: 'new-checkout', why: 'the flag is archived' };
    const world = await worldOf(service(new Map(), () => refusal));
    const { leftOut } = await carriedOut(world);
    const why = 'flags.example.com: `new-checkout` was not set: the flag is archived';
    expect(leftOut).toEqual([{ path: 'flags.example.com', why }]);
    const source = { kind: 'valid', rollout: rollout() } as const;
    expect(shortfallsOf(withoutTargets(world, leftOut), source)).toEqual([why]);
  });

  it.each<[what: string, lost: boolean, takes: 'it' | 'nothing', said: readonly string[]]>([
    ['a response that is lost after the change', true, 'it', []],
    [
      'a response that is lost before it',
      true,
      'nothing',
      ['flags.example.com: `new-checkout` was not set: timed out'],
    ],
    [
      'a service that agrees and does nothing',
      false,
      'nothing',
      ['flags.example.com: `new-checkout` was not set'],
    ],
  ])('is believed by what is read back: %s', async (_, lost, takes, said) => {
    const real = service(new Map(), () => takes);
    const apply: ServiceTarget['apply'] = async (changes) => {
      const refused = await real.apply(changes);
      if (lost) throw new Error('timed out');
      return refused;
    };
    const { leftOut } = await carriedOut(await worldOf({ ...real, apply }));
    expect(leftOut.map(({ why }) => why)).toEqual(said);
  });

  it('is not planned if it does not answer, and holds up no other target', async () => {
    const silent: ServiceTarget = {
      ...service(new Map()),
      readBack: () => Promise.reject(new Error('no route to host')),
    };
    const { compiled } = await carriedOut(await worldOf(silent, FILE));
    expect(compiled).toMatchObject({
      changed: ['flags.json'],
      problems: ['flags.example.com: could not be read: no route to host'],
    });
  });

  it('names what it cannot express', async () => {
    const world = await worldOf(service(new Map()));
    const asked = { kind: 'valid', rollout: rollout({ allow: ['ada'] }) } as const;
    expect(shortfallsOf(world, asked)).toEqual([
      'flags.example.com: new-checkout@production has `allow`, which it cannot do',
    ]);
  });

  it('that has a mistake in its code keeps nothing from the others', async () => {
    const broken: ServiceTarget = {
      ...service(new Map()),
      plan() {
        throw new Error('ouch');
      },
    };
    const { compiled } = await carriedOut(await worldOf(broken, FILE));
    expect(compiled).toMatchObject({
      changed: ['flags.json'],
      problems: ['flags.example.com: could not be compiled: ouch'],
    });
  });
});
