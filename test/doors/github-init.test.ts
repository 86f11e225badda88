import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseYaml } from '../../src/yaml/parse.ts';
import type { Permissions } from '../github/state/model.ts';
import { flagd } from '../support/flagd.ts';
import { temporaryRepository } from '../support/git.ts';
import { sluice } from '../support/program.ts';
import { CONFIG, closeShops, flag, inStage, metrics, openShop } from '../support/shop.ts';

afterAll(closeShops);

const ACTION = 'acme/sluice@0123456789012345678901234567890123456789';

/** What `init` writes into an empty repository, by path. */
async function initialised(): Promise<Readonly<Record<string, string>>> {
  const repository = await temporaryRepository();
  try {
    const ran = await sluice(repository.dir, ['init', '--action', ACTION, '--json']);
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    const { written } = JSON.parse(ran.stdout) as { readonly written: readonly string[] };
    const texts = await Promise.all(
      written.map((path) => readFile(join(repository.dir, path), 'utf8')),
    );
    return Object.fromEntries(written.map((path, i) => [path, texts[i] ?? '']));
  } finally {
    await repository.cleanup();
  }
}

const WORKFLOWS = ['review', 'tick', 'commands', 'compile'] as const;
type Name = (typeof WORKFLOWS)[number];

/** What a workflow grants its token: exactly this, and nothing that it does not name. */
function permissionsOf(files: Readonly<Record<string, string>>, name: Name): Permissions {
  const text = files[`.github/workflows/sluice-${name}.yml`] ?? '';
  const { permissions } = parseYaml(text).value as {
    readonly permissions: Readonly<Record<string, 'read' | 'write'>>;
  };
  return Object.fromEntries(
    Object.entries(permissions).map(([scope, level]) => [scope.replace('-', '_'), level]),
  );
}

/** A private repository, where a token can do what it was granted and no more. */
async function privateShop(files: Readonly<Record<string, string>>, permissions: Permissions) {
  const shop = await openShop(files, { private: true });
  const { github, repository } = shop;
  return { shop, token: github.token({ kind: 'actions', repository, permissions }) };
}

/** Does by its workflow's permissions what a door is there for; true where all went well. */
type Use = (permissions: Permissions) => Promise<boolean>;

const ROLLOUT = 'rollouts/checkout.yaml';
/** One flag that may go up, one that must come back. */
const BUSY = {
  '.github/sluice.yml': CONFIG,
  [ROLLOUT]: flag('checkout', inStage('canary', 30)),
  'rollouts/search.yaml': flag('search', inStage('quarter', 3)),
  'metrics.csv': metrics({ checkout: 0.001, search: 0.2 }),
};

/** Whether a rollback that GitHub takes in no other way ends up as an issue. */
async function alarms(permissions: Permissions): Promise<boolean> {
  const { shop, token } = await privateShop(BUSY, permissions);
  shop.repository.protect({ requirePullRequest: true });
  shop.repository.set({ allowActionsToCreatePullRequests: false });
  await shop.tick({ token });
  return shop.repository.issues().length > 0;
}

const USES: Readonly<Record<Name, Use>> = {
  review: async (permissions) => {
    const { shop, token } = await privateShop(BUSY, permissions);
    const number = await shop.repository.openPullRequest({
      head: 'add',
      files: { 'rollouts/new.yaml': flag('new', undefined, 'expires: 2099-01-01\n') },
    });
    const ran = await shop.review(number, { token });
    return (
      ran.code === 0 &&
      ran.annotations.length === 0 &&
      shop.repository.comments(number).some(({ body }) => body.includes('✅'))
    );
  },
  tick: async (permissions) => {
    const { shop, token } = await privateShop(BUSY, permissions);
    const ran = await shop.tick({ token });
    const [revert] = shop.repository.pulls();
    const opened = ran.outputs.decision === 'rollback' && revert?.labels.length === 1;
    return ran.code === 0 && opened && (await alarms(permissions));
  },
  commands: async (permissions) => {
    const { shop, token } = await privateShop(BUSY, permissions);
    const { repository } = shop;
    const number = await repository.openPullRequest({ head: 'talk', files: { 'a.md': 'a\n' } });
    const issue = repository.openIssue({ title: 'Talk' });
    const codes = [
      (await shop.say(number, 'ada', '/rollout rollback search', { token })).code,
      (await shop.say(issue, 'ada', '/rollout promote checkout', { token })).code,
    ];
    const said = [number, issue].flatMap((on) => repository.comments(on));
    return (
      codes.every((code) => code === 0) &&
      said.filter(({ body }) => body.includes('🚀')).length === 2 &&
      said.filter(({ reactions }) => reactions.length === 2).length === 2
    );
  },
  compile: async (permissions) => {
    const { shop, token } = await privateShop(BUSY, permissions);
    const before = (await shop.repository.head()) ?? '';
    await shop.repository.commit({ files: { [ROLLOUT]: flag('checkout', inStage('quarter', 1)) } });
    const ran = await shop.push({ before }, { token });
    const target = (await shop.repository.files())['flags/exposures.json'] ?? '';
    return ran.code === 0 && target.includes('"stage": "quarter"');
  },
};

describe('init in an empty repository', () => {
  it('writes what every door is green with', async () => {
    const files = await initialised();
    const shop = await openShop(files, { private: true });
    const { github, repository } = shop;
    const as = (name: Name) => ({
      token: github.token({ kind: 'actions', repository, permissions: permissionsOf(files, name) }),
    });
    const number = await shop.repository.openPullRequest({
      head: 'add',
      files: {
        'rollouts/next.yaml': (files['rollouts/example.yaml'] ?? '').replace(
          'flag: example',
          'flag: next',
        ),
      },
    });
    const issue = shop.repository.openIssue({ title: 'Talk' });
    const runs = [
      await shop.review(number, as('review')),
      await shop.tick(as('tick')),
      await shop.push({ before: (await shop.repository.head()) ?? '' }, as('compile')),
      await shop.say(issue, 'ada', '/rollout status', as('commands')),
      await shop.say(issue, 'ada', '/rollout kill example', as('commands')),
    ];
    for (const ran of runs) {
      expect([
        ran.code,
        ran.stderr,
        ran.annotations.filter(({ level }) => level === 'error'),
      ]).toEqual([0, '', []]);
    }
    expect((await shop.repository.files())['rollouts/example.yaml']).toContain('kill: true');
    // A file that services can read: flagd takes it, and nobody has a flag that has not begun.
    const { resolve } = flagd((await shop.repository.files())['flags/flagd.json'] ?? '');
    expect(resolve('example', { targetingKey: 'ada', email: 'ada@example.com' })).toMatchObject({
      value: false,
      variant: 'off',
    });
  });

  it.each(WORKFLOWS)('grants %s what it needs', async (name) => {
    const permissions = permissionsOf(await initialised(), name);
    expect(await USES[name](permissions)).toBe(true);
  });

  it.each(
    // GitHub asks for the right to issues on issues, and for that to pull requests on those; its
    // description lets either do for comments and labels, so here neither alone is missed.
    WORKFLOWS.flatMap((name) => (name === 'commands' ? [] : [name])),
  )('grants %s nothing that it does not need', async (name) => {
    const permissions = permissionsOf(await initialised(), name);
    for (const scope of Object.keys(permissions) as (keyof Permissions)[]) {
      const { [scope]: _, ...less } = permissions;
      const done = await USES[name](less).catch(() => false);
      expect(done, `${name} without ${scope}`).toBe(false);
    }
  });
});
