import { describe, expect, it } from 'vitest';
import { respond } from '../../src/chatops/respond.ts';
import { compile } from '../../src/commands/compile.ts';
import type { FileChange } from '../../src/forge/forge.ts';
import { type Context, createContext } from '../../src/repository/context.ts';
import { reconcile } from '../../src/tick/reconcile.ts';
import { MINUTE } from '../../src/time.ts';
import { memoryRepository } from '../support/memory-repository.ts';

/**
 * A person edits what a file exposes and breaks the file after that, before any run of Sluice has seen
 * either. No run ever compiled the edit, so users keep what was compiled before it.
 */
const NOW = Date.UTC(2026, 5, 2, 10);
const BOT = { name: 'Sluice', email: 'sluice@example.com' };
const ADA = { name: 'Ada', email: 'ada@example.com' };

const CONFIG = `targets:
  - {type: json, path: flags.json}
  - {type: flagd, path: flagd.json}
  - {type: go-feature-flag, path: goff.yaml}
  - {type: istio, path: route.yaml, rollout: x, backends: {'on': x/canary, 'off': x/stable}}
`;
const TARGETS = ['flags.json', 'flagd.json', 'goff.yaml', 'route.yaml'];

const ROUTE = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: x}
spec:
  http:
    - route:
        - {destination: {host: x, subset: stable}, weight: 100}
        - {destination: {host: x, subset: canary}, weight: 0}
`;

const rollout = (flag: string, stage = 'canary'): string => `flag: ${flag}
owners: ['@ada']
stages: [{name: canary, percentage: 5, duration: 1d}, {name: full, percentage: 100, duration: 1d}]
status: {phase: progressing, stage: ${stage}, since: '2026-06-02T09:00:00Z'}
`;

const X = 'rollouts/x.yaml';
const X_YML = 'rollouts/x.yml';
const MOVED = 'rollouts/shop/checkout.yaml';
const IN_FULL = rollout('x', 'full');
const WIDER = rollout('x').replace('percentage: 5', 'percentage: 60');
const broken = (text: string): string => `${text}<<<<<<< HEAD\n`;
const misspelt = (text: string): string => text.replace('stages:', 'stagse:');
const of = (text: string | undefined, path = X): FileChange => ({ path, text });
const gone = of(undefined);

/** A repository whose targets were compiled once, with what people and Sluice do in it from then on. */
async function compiledRepository() {
  const files = {
    '.github/sluice.yml': CONFIG,
    'route.yaml': ROUTE,
    [X]: rollout('x'),
    'rollouts/y.yaml': rollout('y'),
  };
  const repository = memoryRepository(files, NOW - 60 * MINUTE);
  const forge = repository.forgeAs(BOT);
  const person = repository.forgeAs(ADA);
  const context: Context = createContext({
    forge,
    now: NOW,
    openProvider: async (name) => {
      throw new Error(`nobody asks ${name}`);
    },
  });
  await compile(context);
  return {
    context,
    /** A person pushes a commit. */
    async push(...changes: readonly FileChange[]): Promise<void> {
      await person.commit(await person.head(), 'Edit\n', changes, NOW - MINUTE);
    },
    async targets(): Promise<Readonly<Record<string, string | undefined>>> {
      const { oid } = await forge.head();
      const texts = TARGETS.map(async (path) => [path, await forge.readAt(oid, path)] as const);
      return Object.fromEntries(await Promise.all(texts));
    },
  };
}

/** Those that compile, whatever else they do. */
const RUNS: readonly (readonly [string, (context: Context) => Promise<unknown>])[] = [
  ['a compilation', compile],
  ['a tick', reconcile],
  ['a command about another flag', (given) => respond(given, '/rollout pause y why', 'ada')],
];

/** What a person does, commit by commit. */
const EDITS: readonly (readonly [string, readonly (readonly FileChange[])[]])[] = [
  ['its stage is edited', [[of(IN_FULL)], [of(broken(IN_FULL))]]],
  ['its percentage is edited', [[of(WIDER)], [of(broken(WIDER))]]],
  ['a key is misspelt', [[of(IN_FULL)], [of(misspelt(IN_FULL))]]],
  ['its stage is one that does not exist', [[of(IN_FULL)], [of(rollout('x', 'gone'))]]],
  ['it is renamed as it breaks', [[of(IN_FULL)], [gone, of(broken(IN_FULL), X_YML)]]],
  ['it is moved and then breaks', [[gone, of(IN_FULL, MOVED)], [of(broken(IN_FULL), MOVED)]]],
  ['it is deleted and comes back broken', [[of(IN_FULL)], [gone], [of(broken(IN_FULL))]]],
];

/** The targets without what may change: where the file of `x` is, and the phase of `y`. */
const served = (texts: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(
    Object.entries(texts).map(([path, text]) => [
      path,
      text
        ?.replaceAll(/rollouts\/(?:x\.yml|shop\/checkout\.yaml)/g, X)
        .replaceAll(/\bpaused\b/g, 'progressing'),
    ]),
  );

describe.each(RUNS)('%s keeps what was compiled last of a flag', (_, run) => {
  it.each(EDITS)('if %s', async (_what, commits) => {
    const { context, push, targets } = await compiledRepository();
    const before = await targets();
    for (const changes of commits) await push(...changes);
    await run(context);
    expect(served(await targets())).toEqual(before);
    await run(context);
    expect(served(await targets())).toEqual(before);
  });

  it('if a run compiled the edit before the file broke', async () => {
    const { context, push, targets } = await compiledRepository();
    const before = await targets();
    await push(of(IN_FULL));
    await run(context);
    const edited = await targets();
    for (const path of TARGETS) expect(edited[path]).not.toBe(before[path]);
    await push(of(broken(IN_FULL)));
    await run(context);
    expect(await targets()).toEqual(edited);
  });
});
