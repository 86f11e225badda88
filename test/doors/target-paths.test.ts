import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { closeDesks, type Desk, openDesk } from '../support/desk.ts';
import { ago, CONFIG, closeShops, flag, inStage, metrics, openShop } from '../support/shop.ts';

afterAll(closeDesks);
afterAll(closeShops);

const FILE = '.github/sluice.yml';
const ROLLOUT = 'rollouts/checkout.yaml';
const NOW = ago(0);

const withTarget = (path: string): string => CONFIG.replace('flags/exposures.json', path);

const FILES = {
  [FILE]: CONFIG,
  [ROLLOUT]: flag('checkout', inStage('quarter', 30)),
  'metrics.csv': metrics({ checkout: 0.002 }),
  'docs/guide.md': 'Read me\n',
  'package.json': '{}\n',
};

/** A repository whose config is changed, in its work tree, to write a target there. */
async function proposing(path: string): Promise<Desk> {
  const desk = await openDesk(ago(40), FILES);
  await symlink('guide.md', join(desk.dir, 'docs/link.json'));
  await desk.repo.commitAll('A link');
  await desk.repo.write(FILE, withTarget(path));
  return desk;
}

/** What lies there keeps the target from being written, and nothing in the config says so. */
const IN_THE_WAY: readonly (readonly [what: string, path: string, code: string])[] = [
  ['is a folder', 'docs', 'folder'],
  ['is below a file', 'docs/guide.md/flags.json', 'below-a-file'],
  ['is a link', 'docs/link.json', 'symlink'],
];

/** What is never written over, whether it is there or not. */
const PROTECTED = [
  'CODEOWNERS',
  'docs/codeowners',
  '.gitattributes',
  '.GitModules',
  '.github/flags.json',
  'action.yml',
  'packages/web/Package.JSON',
];

describe.concurrent('a target whose path', () => {
  it.each(IN_THE_WAY)('%s (%s) is an error in the review, on its line', async (_, path, code) => {
    const desk = await proposing(path);
    const { problems } = (await desk.run(NOW, 'validate')).json();
    expect(problems.filter(({ severity }) => severity === 'error')).toMatchObject([
      { code, file: FILE, line: 8, message: expect.stringContaining(`the target \`${path}\``) },
    ]);
  });

  it.each(IN_THE_WAY)('%s (%s) keeps no kill from the file, and is reported', async (_, path) => {
    const desk = await proposing(path);
    await desk.repo.commitAll('Move the target');
    const tick = await desk.tick(NOW);
    expect(tick.code).toBe(1);
    expect(tick.json().failures).toMatchObject([
      { code: 'not-compiled', detail: expect.stringContaining(path) },
    ]);
    const killed = await desk.say(NOW, '/rollout kill checkout');
    expect(killed.code).toBe(1);
    expect(await desk.file(ROLLOUT)).toMatch(/^kill: true$/m);
    expect(killed.json().text).toMatch(/but not everywhere|was not carried out everywhere/);
  });

  it.each(IN_THE_WAY.slice(0, 2))(
    '%s (%s) is an error in the review of a pull request',
    async (_, path, code) => {
      const { repository, review } = await openShop(FILES);
      const number = await repository.openPullRequest({
        head: 'move',
        files: { [FILE]: withTarget(path) },
      });
      const ran = await review(number);
      expect(ran.code).toBe(1);
      expect(ran.annotations.filter(({ level }) => level === 'error')).toMatchObject([
        {
          message: expect.stringContaining(`the target \`${path}\` cannot be written`),
          properties: { file: FILE, line: '8', title: `Sluice: ${code}` },
        },
      ]);
    },
  );
});

describe.concurrent('a target that would be written over', () => {
  it.each(PROTECTED)('%s is refused in the review', async (path) => {
    const desk = await proposing(path);
    const ran = await desk.run(NOW, 'validate');
    expect(ran.code).toBe(1);
    expect(ran.json().problems).toContainEqual(
      expect.objectContaining({ severity: 'error', code: 'bad-value', file: FILE, line: 8 }),
    );
  });

  it.each(PROTECTED)('%s is never written at the terminal', async (path) => {
    const desk = await proposing(path);
    await desk.repo.commitAll('Move the target');
    const before = await desk.repo.git('ls-files', '-s', '--', `:(icase)*${path}`);
    for (const args of [
      ['reconcile'],
      ['compile'],
      ['respond', '/rollout kill checkout', '--as', 'ada'],
    ]) {
      await desk.run(NOW, ...args);
    }
    expect(await desk.file(ROLLOUT)).toMatch(/^kill: true$/m);
    expect(await desk.repo.git('ls-files', '-s', '--', `:(icase)*${path}`)).toBe(before);
  });

  it.each(['CODEOWNERS', '.github/flags.json'])(
    '%s is refused in the review of a pull request, and never written by a workflow',
    async (path) => {
      const shop = await openShop(FILES);
      const { repository } = shop;
      const change = { head: 'move', files: { [FILE]: withTarget(path) } };
      const number = await repository.openPullRequest(change);
      const reviewed = await shop.review(number);
      expect(reviewed.code).toBe(1);
      expect(reviewed.annotations[0]).toMatchObject({
        level: 'error',
        message: expect.stringContaining(`the target \`${path}\``),
        properties: { file: FILE, line: '8' },
      });
      const before = (await repository.head()) ?? '';
      await repository.mergePullRequest(number, 'ada');
      expect((await shop.tick()).code).toBe(2);
      expect((await shop.push({ before })).code).toBe(2);
      const issue = repository.openIssue({ title: 'Talk' });
      expect((await shop.say(issue, 'ada', '/rollout kill checkout')).code).toBe(0);
      const files = await repository.files();
      expect(files[ROLLOUT]).toMatch(/^kill: true$/m);
      expect(files[path]).toBeUndefined();
      // By the config before, which the branch had and was valid.
      expect(files['flags/exposures.json']).toContain('"killed": true');
    },
  );
});
