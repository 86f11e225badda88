import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** What happens while a program runs git: once it starts its n-th process, or at some of them. */
export interface Meddling {
  /** At the n-th process, counted from 1. */
  readonly nth?: number;
  /** At processes whose arguments hold this, so many times; once unless given. */
  readonly at?: string;
  readonly times?: number;
  /** Shell lines, run before that process starts. They find `$GIT` (git itself) and `$TURN`. */
  readonly before?: string;
  /** Shell lines, run after it ended. */
  readonly after?: string;
}

export interface MeddledGit {
  /** What the program has to be started with, so that it finds this git and not the real one. */
  readonly env: Readonly<Record<string, string>>;
  /** The arguments of every process so far. */
  started(): Promise<readonly string[]>;
  /** How often it meddled. */
  meddled(): Promise<number>;
  remove(): Promise<void>;
}

/** Ends the program that runs git, and not git itself: what a machine does that runs out of memory. */
export const KILL = 'kill -9 "$PPID"';

const shellQuoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A git in front of git, which lets other things happen at an exact moment of a program's run. */
export async function meddleWithGit(
  { nth, at = '', times = 1, before = ':', after = ':' }: Meddling = {},
  env: Readonly<Record<string, string>> = {},
): Promise<MeddledGit> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-git-'));
  const path = process.env.PATH ?? '';
  const exports = Object.entries(env).map(
    ([name, value]) => `${name}=${shellQuoted(value)}; export ${name}`,
  );
  const script = `#!/bin/sh
log=${shellQuoted(folder)}
printf '%s\\0' "$*" >> "$log/started"
echo >> "$log/turns"
due=
started=0
while read -r _; do started=$((started + 1)); done < "$log/turns"
if [ "$started" -ge ${nth ?? 0} ]; then
  case "$*" in *${shellQuoted(at)}*)
    TURN=1
    while [ "$TURN" -le ${times} ]; do
      if mkdir "$log/turn-$TURN" 2>/dev/null; then due=yes; break; fi
      TURN=$((TURN + 1))
    done
  esac
fi
PATH=${shellQuoted(path)}
meddle() {
  ${exports.join('\n  ')}
  GIT=git
  export TURN GIT
  eval "$1" >> "$log/said" 2>&1
}
[ -z "$due" ] && exec git "$@"
( meddle ${shellQuoted(before)} ) < /dev/null
git "$@"
code=$?
( meddle ${shellQuoted(after)} ) < /dev/null
exit $code
`;
  const file = join(folder, 'git');
  await writeFile(file, script);
  await chmod(file, 0o755);
  const read = (name: string): Promise<string> =>
    readFile(join(folder, name), 'utf8').catch(() => '');
  return {
    env: { PATH: `${folder}${delimiter}${path}` },
    started: async () => (await read('started')).split('\0').filter(Boolean),
    meddled: async () => (await readdir(folder)).filter((name) => name.startsWith('turn-')).length,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
