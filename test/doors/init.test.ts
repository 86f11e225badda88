import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { closeDesks, type Desk, openDesk } from '../support/desk.ts';

const NOW = '2026-06-02T09:00:00Z';
const ACTION = 'acme/sluice@0123456789012345678901234567890123456789';
const LIVE = {
  state: 'ENABLED',
  variants: { on: true, off: false },
  defaultVariant: 'off',
  targeting: {
    fractional: [
      ['on', 5],
      ['off', 95],
    ],
  },
};

afterAll(closeDesks);

/** A repository, and beside it a folder that nothing in it may be written to. */
async function open(): Promise<Desk & { readonly outside: string }> {
  const desk = await openDesk(NOW, {
    'readme.md': 'Hello\n',
    'current.json': JSON.stringify({ flags: { checkout: LIVE, search: LIVE } }),
  });
  const outside = join(dirname(desk.dir), 'outside');
  mkdirSync(outside);
  return { ...desk, outside };
}

const INIT = ['init', '--action', ACTION];
const IMPORT = ['import', 'flagd', 'current.json', '--owner', '@acme/web'];

/** What is in the way: made below the repository, as a link to there, or as it is written here. */
type Obstacle = readonly [path: string, to: string | 'file' | 'folder'];

const OUTSIDE = 'OUTSIDE';
const OBSTACLES: readonly (readonly [what: string, command: readonly string[], ...Obstacle])[] = [
  ['init: a linked .github', INIT, '.github', OUTSIDE],
  ['init: a linked folder of workflows', INIT, '.github/workflows', OUTSIDE],
  ['init: a linked folder of rollouts', INIT, 'rollouts', OUTSIDE],
  ['init: a link to a folder of the repository itself', INIT, 'rollouts', 'docs'],
  ['init: a linked config', INIT, '.github/sluice.yml', '../readme.md'],
  ['init: a linked workflow', INIT, '.github/workflows/sluice-compile.yml', '../../readme.md'],
  ['init: a link to nothing, as a file', INIT, '.github/sluice.yml', `${OUTSIDE}/sluice.yml`],
  ['init: a link to nothing, as a folder', INIT, '.github', `${OUTSIDE}/nothing`],
  ['init: a link to itself', INIT, 'rollouts', 'rollouts'],
  ['init: a file where a folder is due', INIT, 'rollouts', 'file'],
  ['init: a folder where a file is due', INIT, '.github/sluice.yml', 'folder'],
  ['import: a linked folder of rollouts', IMPORT, 'rollouts', OUTSIDE],
  ['import: a linked rollout', IMPORT, 'rollouts/search.yaml', '../readme.md'],
  ['import: a link to nothing', IMPORT, 'rollouts/search.yaml', `${OUTSIDE}/search.yaml`],
  ['import: a linked environment', [...IMPORT, '--environment', 'eu'], 'rollouts/eu', OUTSIDE],
  ['import: a file where a folder is due', IMPORT, 'rollouts', 'file'],
];

describe('what is in the way of new files', () => {
  it.each(OBSTACLES)('%s is refused, and nothing is written', async (_, command, path, to) => {
    const desk = await open();
    const full = join(desk.dir, path);
    mkdirSync(dirname(full), { recursive: true });
    if (to === 'file') writeFileSync(full, 'Mine\n');
    else if (to === 'folder') mkdirSync(full);
    else symlinkSync(to.replace(OUTSIDE, desk.outside), full);
    const before = readdirSync(desk.dir, { recursive: true }).sort();

    const ran = await desk.show(NOW, command);
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    const is =
      to === 'file' ? 'is not a folder' : to === 'folder' ? 'is not a file' : 'is a symbolic link';
    expect(ran.stderr).toContain(`sluice: ${path} ${is}, and `);
    expect(ran.stderr).toContain(
      `so nothing was written; move ${path} away, then run this again (path-in-the-way)`,
    );
    expect(readdirSync(desk.dir, { recursive: true }).sort()).toEqual(before);
    expect(readdirSync(desk.outside)).toEqual([]);
    expect(await desk.file('readme.md')).toBe('Hello\n');
  });
});

describe('init', () => {
  it.each([
    [[], 'needs one that is pinned: --action owner/sluice@<commit>. `git ls-remote https://'],
    [['--action', 'acme/sluice@v1'], "`git ls-remote https://github.com/acme/sluice 'v1' 'v1^{}'`"],
    [['--action', 'acme/sluice'], '`git ls-remote https://github.com/acme/sluice HEAD`'],
    [['--action', 'docker://acme/sluice:1'], 'does not name an action'],
  ])('writes nothing without a pinned action: %j', async (args, words) => {
    const desk = await open();
    const ran = await desk.show(NOW, ['init', ...args]);
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toContain(words);
    expect(await desk.dirt()).toBe('');
  });

  it('writes nothing in a dry run, and says what it would write', async () => {
    const desk = await open();
    const ran = await desk.show(NOW, [...INIT, '--dry-run']);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/^would write \.github\/sluice\.yml\n/);
    expect(await desk.dirt()).toBe('');
  });
});
