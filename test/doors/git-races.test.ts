import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { afterAll, describe, expect, it } from 'vitest';
import { readTrailers } from '../../src/tell/commit.ts';
import { closeDesks, type Desk, onDisk, openCompiledDesk, TARGET } from '../support/desk.ts';
import { KILL, type MeddledGit, type Meddling, meddleWithGit } from '../support/meddled-git.ts';
import { type Ran, sluice } from '../support/program.ts';
import { inStage, june, REPLAY_CONFIG, recording, rolloutText } from '../support/rollouts.ts';
import { sampled } from '../support/sampled.ts';

const MONDAY = june(1, '09:00');
const TUESDAY = june(2, '10:00');
const FILE = 'rollouts/demo.yaml';
const CONFIG = '.github/sluice.yml';

/** So many runs at a time. */
const limit = pLimit(3);

const gits: MeddledGit[] = [];
afterAll(async () => {
  for (const git of gits) await git.remove();
  await closeDesks();
});

interface Case {
  readonly errors?: number;
  readonly more?: string;
  readonly bare?: boolean;
}

/** A flag in canary since Monday with its targets compiled: due on Tuesday, or in breach. */
async function demo({ errors = 0.001, more = '', bare = false }: Case = {}): Promise<Desk> {
  return openCompiledDesk(
    MONDAY,
    {
      [CONFIG]: REPLAY_CONFIG,
      'metrics.csv': recording([june(1, '00:00'), 'errors demo on', errors]),
      [FILE]: rolloutText('demo', { status: inStage('canary', MONDAY), more }),
    },
    { bare },
  );
}

/** Runs the program with somebody meddling. */
async function meddled(
  desk: Desk,
  args: readonly string[],
  meddling: Meddling,
): Promise<{ readonly ran: Ran; readonly git: MeddledGit }> {
  const date = `@${Date.parse(TUESDAY) / 1000} +0000`;
  const git = await meddleWithGit(meddling, {
    GIT_DIR: desk.repo.dir.endsWith('.git') ? desk.dir : join(desk.dir, '.git'),
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_DATE: date,
  });
  gits.push(git);
  const ran = await sluice(desk.dir, [...args, '--json'], { now: TUESDAY, env: git.env });
  return { ran, git };
}

const tickOf = (desk: Desk, meddling: Meddling) => meddled(desk, ['reconcile'], meddling);

/**
 * Shell lines that put a commit of a person's onto main, by compare-and-swap as a server takes it.
 * `edit` changes the index that `GIT_INDEX_FILE` names.
 */
const pushing = (edit: string, message = 'A person'): string => `
  GIT_INDEX_FILE=$(mktemp -u); export GIT_INDEX_FILE
  while :; do
    head=$(git rev-parse refs/heads/main)
    git read-tree "$head"
    ${edit}
    commit=$(echo '${message}' | git commit-tree "$(git write-tree)" -p "$head")
    git update-ref refs/heads/main "$commit" "$head" && break
  done
  rm -f "$GIT_INDEX_FILE"`;

/** An edit of one file by sed. */
const sed = (path: string, script: string): string => `
    blob=$(git cat-file blob "$head:${path}" | sed '${script}' | git hash-object -w --stdin)
    git update-index --add --cacheinfo "100644,$blob,${path}"`;

const unrelated = pushing(
  'git update-index --add --cacheinfo "100644,$(echo "$TURN" | git hash-object -w --stdin),src/$TURN.ts"',
  'Work',
);

interface Told {
  readonly oid: string;
  readonly message: string;
  readonly moves: readonly string[];
}

/** The branch, oldest first. */
async function branch(desk: Desk): Promise<readonly Told[]> {
  const log = await desk.repo.git(
    'log',
    '--reverse',
    '--first-parent',
    '--format=%H %B%x00',
    'main',
  );
  return log.split('\0').flatMap((text) => {
    const [oid = '', ...rest] = text.trim().split(' ');
    const message = rest.join(' ');
    const moves = readTrailers(message).map(({ action, from, to }) => `${action} ${from}->${to}`);
    return oid === '' ? [] : [{ oid, message, moves }];
  });
}

const moves = async (desk: Desk) => (await branch(desk)).flatMap((each) => each.moves);

interface Change {
  readonly name: string;
  readonly edit: string;
  /** Whether it still stands at the end. */
  readonly stands: (desk: Desk) => Promise<boolean>;
  /** Whether the flag may be moved after it all the same. */
  readonly mayMove?: boolean;
}

const holds = (path: string, text: string) => async (desk: Desk) =>
  (await desk.file(path)).includes(text);
const isGone = async (desk: Desk) =>
  (await desk.repo.git('ls-tree', '--name-only', 'main', FILE)) === '';

/** Said to git as a line of an index: the other ways want a work tree. */
const removed = `printf '0 %040d\\t${FILE}\\n' 0 | git update-index --index-info`;

const CHANGES: readonly Change[] = [
  {
    name: 'pauses',
    edit: sed(FILE, 's/phase: progressing/phase: paused/'),
    stands: holds(FILE, 'phase: paused'),
  },
  { name: 'kills', edit: sed(FILE, '$a kill: true'), stands: holds(FILE, 'kill: true') },
  {
    name: 'edits a check',
    edit: sed(FILE, 's/checks: .*/checks: [{metric: errors, max: 2%}]/'),
    stands: holds(FILE, 'max: 2%'),
  },
  { name: 'deletes the file', edit: removed, stands: isGone },
  {
    name: 'renames the file',
    edit: `git update-index --add --cacheinfo "100644,$(git rev-parse "$head:${FILE}"),rollouts/new.yaml"
    ${removed}`,
    stands: async (desk) => (await isGone(desk)) && holds('rollouts/new.yaml', 'flag: demo')(desk),
  },
  {
    name: 'breaks the file',
    edit: sed(FILE, '1i stages: [[['),
    stands: holds(FILE, 'stages: [[['),
  },
  {
    name: 'freezes everything',
    edit: sed(CONFIG, '$a policy: {freezes: [{from: 2026-06-02, to: 2026-06-02}]}'),
    stands: holds(CONFIG, 'freezes'),
  },
  {
    name: 'edits the target',
    edit: sed(TARGET, 's/"stage": "[a-z]*"/"stage": "mine"/'),
    // It is written by us: what anybody else writes into it is compiled away.
    stands: async (desk) => !(await holds(TARGET, '"mine"')(desk)),
    mayMove: true,
  },
];

/** What leaves a file that is invalid. */
const INVALID = ['breaks the file', 'renames the file'];

describe('a person who pushes at any moment of a tick', () => {
  it.each(CHANGES)('and $name has their way', async ({ name, edit, stands, mayMove = false }) => {
    const dry = await tickOf(await demo({ bare: true }), {});
    const processes = (await dry.git.started()).length;
    const all = Array.from({ length: processes }, (_, index) => index + 1);
    // A run each: some moments of every change.
    const moments = sampled(`and ${name}`, all, 1 / 16);
    const ends = await Promise.all(
      moments.map((nth) =>
        limit(async () => {
          const desk = await demo({ bare: true });
          const { ran, git } = await tickOf(desk, { nth, before: pushing(edit) });
          const commits = await branch(desk);
          const theirs = commits.findIndex(({ message }) => message.startsWith('A person'));
          const after = commits.slice(theirs + 1).flatMap((commit) => commit.moves);
          // An invalid file is work left undone, which the run says.
          const sane = INVALID.includes(name) ? [0, 1] : [0];
          return {
            nth,
            code: sane.includes(ran.code ?? -1) ? 'sane' : `${ran.code} ${ran.stdout}`,
            meddled: await git.meddled(),
            pushed: theirs > 0,
            stands: await stands(desk),
            moves: mayMove ? (await moves(desk)).length : after.length,
          };
        }),
      ),
    );
    expect(ends).toEqual(
      moments.map((nth) => ({
        nth,
        code: 'sane',
        meddled: 1,
        pushed: true,
        // After the target was written nobody looks at it any more until the next tick.
        stands: name === 'edits the target' ? expect.any(Boolean) : true,
        moves: mayMove ? 1 : 0,
      })),
    );
  });
});

describe('a tick that is killed after any of its git processes', () => {
  it.each([
    { name: 'with a bump to make', errors: 0.001, end: ['advance canary->quarter'], reverts: [] },
    { name: 'with a rollback to commit', errors: 0.05, end: ['rollback canary->off'], reverts: [] },
    {
      name: 'with a revert to offer',
      errors: 0.05,
      more: 'rollback: {via: pull-request}',
      end: [],
      reverts: ['rollout/revert/demo/canary-20260601T090000Z'],
    },
  ])(
    '$name, is finished by the next, exactly once',
    async ({ name, errors, more, end, reverts }) => {
      const how = { errors, ...(more === undefined ? {} : { more }) };
      const dry = await tickOf(await demo(how), {});
      const processes = (await dry.git.started()).length;
      const all = Array.from({ length: processes }, (_, index) => index + 1);
      const ends = await Promise.all(
        // Two runs each: some processes of every tick.
        sampled(`killed ${name}`, all, 1 / 12).map((nth) =>
          limit(async () => {
            const desk = await demo(how);
            const { ran } = await tickOf(desk, { nth, after: KILL });
            const again = await desk.tick(TUESDAY);
            const left = await readdir(join(desk.dir, '.git/sluice')).catch(() => []);
            return {
              nth,
              killed: ran.code === null,
              again: again.code,
              moves: await moves(desk),
              reverts: await desk.reverts(),
              dirt: await desk.dirt(),
              inTree: (await onDisk(desk, FILE)) === (await desk.file(FILE)),
              left,
            };
          }),
        ),
      );
      expect(ends).toEqual(
        ends.map(({ nth }) => ({
          nth,
          killed: true,
          again: 0,
          moves: end,
          reverts,
          dirt: '',
          inTree: true,
          left: [],
        })),
      );
    },
  );
});

describe('a busy monorepo', () => {
  it('lets a tick through though somebody is quicker thirty times', async () => {
    const desk = await demo({ bare: true });
    const { ran, git } = await tickOf(desk, { at: 'update-ref', times: 30, before: unrelated });
    expect([ran.code, await git.meddled()]).toEqual([0, 30]);
    expect(await moves(desk)).toEqual(['advance canary->quarter']);
    const work = (await branch(desk)).filter(({ message }) => message.startsWith('Work'));
    expect(work).toHaveLength(30);
    expect(await desk.status(FILE)).toMatchObject({ stage: 'quarter' });
  });
});
