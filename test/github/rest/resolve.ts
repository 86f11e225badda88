import type { StoredRepository } from '../state/repository.ts';

/** A commit by what people call it: a branch, a tag, a whole ref, an id or the start of one. */
export async function resolveCommit(
  repository: StoredRepository,
  name: string,
): Promise<string | undefined> {
  const { git } = repository;
  for (const ref of [`refs/heads/${name}`, `refs/tags/${name}`, `refs/${name}`, name]) {
    const at = await git.ref(ref);
    if (at !== undefined) return (await git.info(`${at.oid}^{commit}`))?.oid;
  }
  if (!/^[0-9a-f]{7,40}$/.test(name)) return undefined;
  return (await git.info(`${name}^{commit}`))?.oid;
}
