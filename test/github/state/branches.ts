import { type Actor, announce } from './announce.ts';
import { syncPulls } from './pulls.ts';
import type { StoredRepository } from './repository.ts';

export type Moved = { readonly ok: true } | { readonly ok: false; readonly at: string | undefined };

/** Sets a ref from one value to another and lets everything follow that hangs on it. */
export async function moveRef(
  repository: StoredRepository,
  actor: Actor,
  ref: string,
  to: string | undefined,
  from: string | undefined,
): Promise<Moved> {
  const { code } = await repository.git.updateRef(ref, to, from);
  if (code !== 0) return { ok: false, at: (await repository.git.ref(ref))?.oid };
  repository.lag(ref, from);
  if (to !== undefined) announce(repository, actor, { event: 'push', ref, sha: to });
  if (ref.startsWith('refs/heads/')) {
    for (const seen of [repository, repository.parent]) {
      if (seen !== undefined) await syncPulls(seen, actor, repository, ref);
    }
  }
  return { ok: true };
}
