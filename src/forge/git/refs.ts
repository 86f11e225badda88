import type { Oid } from '../../model/head.ts';
import { zeroOid } from './names.ts';
import { type Git, gitSaid } from './process.ts';

/** A branch as it stands now. */
export interface RefState {
  readonly oid: Oid;
  /** The work tree in which git says it is checked out; a bare repository's own folder counts. */
  readonly worktree: string | undefined;
}

/** Reads one ref, or `undefined` where it does not exist. `ref` is a full name, `refs/heads/…`. */
export async function readRef(git: Git, ref: string): Promise<RefState | undefined> {
  const format = '--format=%(refname)%00%(objectname)%00%(worktreepath)%00';
  // Unlike rev-parse, for-each-ref never falls back to a tag of a similar name.
  const output = await git.output(['for-each-ref', format, ref]);
  const [name, oid, worktree] = output.toString('utf8').split('\0');
  if (name !== ref || oid === undefined) return undefined;
  return { oid, worktree: worktree || undefined };
}

export interface RefMove {
  /** The full name, `refs/heads/…`. */
  readonly ref: string;
  /** Where it must be now; `undefined`: it must not exist. */
  readonly from: Oid | undefined;
  /** Where it goes; `undefined`: it is deleted. */
  readonly to: Oid | undefined;
  /** For the reflog. */
  readonly why: string;
}

export type RefOutcome =
  | { readonly kind: 'moved' }
  /** Somebody else moved it first; `oid` is where it is now, `undefined` where it is gone. */
  | { readonly kind: 'elsewhere'; readonly oid: Oid | undefined }
  /** It is where it should be and git will not move it: a lock that stays, a hook, permissions. */
  | { readonly kind: 'refused'; readonly detail: string };

const ATTEMPTS = 2;

/**
 * Moves a ref, only if it still is where the caller read it: git's own compare-and-swap, done under
 * the ref's lock.
 *
 * What a failure meant is read off the ref, not off git's words. Git waits half a second for a lock that
 * somebody holds; being a compare-and-swap, the move may then be tried again.
 */
export async function moveRef(git: Git, move: RefMove): Promise<RefOutcome> {
  const { ref, from, to, why } = move;
  const zero = zeroOid(to ?? from ?? '');
  const args =
    to === undefined
      ? ['update-ref', '-m', why, '--no-deref', '-d', ref, from ?? zero]
      : ['update-ref', '-m', why, ref, to, from ?? zero];

  for (let attempt = 1; ; attempt += 1) {
    const result = await git.run(args);
    if (result.code === 0) return { kind: 'moved' };
    const now = (await readRef(git, ref))?.oid;
    // Killed by a signal, it may have moved the ref before it died.
    if (result.code === null && now === to) return { kind: 'moved' };
    if (now !== from) return { kind: 'elsewhere', oid: now };
    if (attempt === ATTEMPTS) {
      return {
        kind: 'refused',
        detail: `git would not move ${ref}: ${gitSaid(result)}. See whether another git process, a lock file that was left behind or a hook is in the way, then run again`,
      };
    }
  }
}
