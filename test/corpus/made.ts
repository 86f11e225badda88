import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A rollout file that cannot lie in this repository, made in another one. */
export interface Made {
  /** Path in the repository. */
  readonly path: string;
  readonly is: string;
  /** As in the table: the code, line and column of the first error, or `fine`; or that it is not seen. */
  readonly says: string;
  readonly make: (file: string) => void;
}

const written =
  (content: string | Uint8Array) =>
  (file: string): void =>
    writeFileSync(file, content);

const linked =
  (target: string) =>
  (file: string): void =>
    symlinkSync(target, file);

const rollout = (flag: string): string =>
  `flag: ${JSON.stringify(flag)}\nowners: ['@ada']\nstages: [{name: canary, percentage: 5, duration: 7d}, {name: full, percentage: 100, duration: 1d}]\n`;

/** A rollout that is sound but for the name of its file. */
const named = (name: string, is: string): Made => ({
  path: `rollouts/${name}`,
  is,
  says: 'bad-value 1:7',
  make: written(rollout(name.replace(/\.ya?ml$/, ''))),
});

const utf16 = (text: string): Buffer => Buffer.from(`\uFEFF${text}`, 'utf16le');

export const MADE: readonly Made[] = [
  {
    path: 'rollouts/ten-megabytes.yaml',
    is: 'ten megabytes of one comment',
    says: 'too-large 1:1',
    make: written(`# ${'x'.repeat(10 << 20)}\n`),
  },
  {
    path: 'rollouts/seven-megabytes.yaml',
    is: 'seven megabytes of list, which are read and then too much',
    says: 'too-large 1:1',
    make: written(`allow: [${'a, '.repeat(7 << 18)}a]\n`),
  },
  {
    path: 'rollouts/quarter-megabyte.yaml',
    is: 'a quarter of a megabyte of opening brackets',
    says: 'too-deep 1:100',
    make: written('['.repeat(262_000)),
  },
  {
    path: 'rollouts/utf-16.yaml',
    is: 'UTF-16, as an editor on Windows writes it',
    says: 'not-utf8 1:1',
    make: written(utf16(rollout('utf-16'))),
  },
  {
    path: 'rollouts/utf-16-be.yaml',
    is: 'UTF-16 with the other end first',
    says: 'not-utf8 1:1',
    make: written(utf16(rollout('utf-16-be')).swap16()),
  },
  {
    path: 'rollouts/utf-32.yaml',
    is: 'UTF-32, most of which are NULs',
    says: 'not-utf8 1:1',
    make: written(Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0])),
  },
  {
    path: 'rollouts/latin-1.yaml',
    is: 'Latin-1',
    says: 'not-utf8 1:1',
    make: written(Buffer.from('description: caf\xe9\n', 'latin1')),
  },
  {
    path: 'rollouts/overlong.yaml',
    is: 'a slash in too many bytes',
    says: 'not-utf8 1:1',
    make: written(Buffer.from([0x61, 0x3a, 0x20, 0xc0, 0xaf, 0x0a])),
  },
  {
    path: 'rollouts/surrogates.yaml',
    is: 'half of a surrogate pair in UTF-8',
    says: 'not-utf8 1:1',
    make: written(Buffer.from([0x61, 0x3a, 0x20, 0xed, 0xa0, 0x80, 0x0a])),
  },
  {
    path: 'rollouts/nul.yaml',
    is: 'a NUL',
    says: 'not-text 1:7',
    make: written('flag: \0\nkill: true\n'),
  },
  {
    path: 'rollouts/gzip.yaml',
    is: 'something compressed',
    says: 'not-utf8 1:1',
    make: written(Buffer.from([0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0])),
  },
  {
    path: 'rollouts/link.yaml',
    is: 'a link to another rollout',
    says: 'symlink 1:1',
    make: linked('healthy.yaml'),
  },
  {
    path: 'rollouts/link-out.yaml',
    is: 'a link out of the repository',
    says: 'symlink 1:1',
    make: linked('/etc/passwd'),
  },
  {
    path: 'rollouts/link-git.yaml',
    is: "a link into git's own folder",
    says: 'symlink 1:1',
    make: linked('../.git/config'),
  },
  {
    path: 'rollouts/link-loop.yaml',
    is: 'a link to itself',
    says: 'symlink 1:1',
    make: linked('link-loop.yaml'),
  },
  {
    path: 'rollouts/link-nowhere.yaml',
    is: 'a link to nothing',
    says: 'symlink 1:1',
    make: linked('nothing.yaml'),
  },
  {
    path: 'rollouts/link-endless.yaml',
    is: 'a link to what never ends',
    says: 'symlink 1:1',
    make: linked('/dev/zero'),
  },
  {
    path: 'rollouts/linked-folder',
    is: 'a link to a folder of rollouts, which are not looked for there',
    says: 'unseen',
    make: linked('.'),
  },
  {
    path: 'rollouts/pipe.yaml',
    is: 'a pipe that nobody writes to',
    says: 'unseen',
    make: (file) => void execFileSync('mkfifo', [file]),
  },
  {
    path: 'rollouts/folder.yaml/x.txt',
    is: 'a folder that is called as a rollout',
    says: 'unseen',
    make: written('x\n'),
  },
  {
    path: 'rollouts/.hidden.yaml',
    is: 'a hidden file',
    says: 'unseen',
    make: written('kill: true\n'),
  },
  {
    path: 'elsewhere/rollouts/outside.yaml',
    is: 'a rollout outside of the folder',
    says: 'unseen',
    make: written('kill: true\n'),
  },
  {
    path: 'rollouts/staging/folder.yaml',
    is: 'a rollout in a folder that is no environment',
    says: 'unknown-environment 1:1',
    make: written(rollout('folder')),
  },
  {
    path: 'rollouts/Case.yaml',
    is: 'a name that another file has in small letters: two flags, as git sees them',
    says: 'fine',
    make: written(rollout('Case')),
  },
  {
    path: 'rollouts/case.yaml',
    is: 'the other one',
    says: 'fine',
    make: written(rollout('case')),
  },
  {
    path: 'rollouts/twice.yaml',
    is: 'a flag with two files',
    says: 'duplicate-rollout 1:7',
    make: written(rollout('twice')),
  },
  {
    path: 'rollouts/twice.yml',
    is: 'its other file',
    says: 'duplicate-rollout 1:7',
    make: written(rollout('twice')),
  },
  named('-rf.yaml', 'a file called as an option'),
  named('--help.yaml', 'a file called as a long option'),
  named('$(touch owned).yaml', 'a file called as a command'),
  named('a;b && c | d.yaml', 'a file called as several commands'),
  named('a\n::error::forged\nb.yaml', 'a file with a workflow command in its name'),
  named('##[error]forged.yaml', 'the older form of it'),
  named('\u001b[2J\u001b]0;owned\u0007.yaml', 'a file whose name clears the screen'),
  named('\u202elmay.galf\u2066.yaml', 'a file whose name is shown backwards'),
  named('zero\u200bwidth.yaml', 'a file with a zero-width space in its name'),
  named('🚀.yaml', 'an emoji'),
  named('pаyments.yaml', 'a Cyrillic а'),
  named('@acme everyone.yaml', 'a mention'),
  named('<!-- sluice:review -->.yaml', 'a marker of ours'),
  named('`|x|` ![a](https:).yaml', 'a file called in Markdown'),
  named('back\\slash.yaml', 'a backslash'),
  named('%0A%0D,line=1::x.yaml', 'escapes of a workflow command'),
  named(`${'n'.repeat(240)}.yaml`, 'a name as long as a file system takes'),
];

/** Puts what is made into a repository. */
export function makeAll(dir: string, made: readonly Made[] = MADE): void {
  for (const { path, make } of made) {
    const file = join(dir, path);
    mkdirSync(dirname(file), { recursive: true });
    make(file);
  }
}
