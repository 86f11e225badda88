import type { Who } from '../config/model.ts';
import type { Forge } from '../forge/forge.ts';

const RANK = { none: 0, read: 1, write: 2, admin: 3 } as const;

/** Why a person may not give a command and what would help, or `undefined` where they may. */
export async function permissionProblem(
  forge: Pick<Forge, 'permission' | 'isOwner'>,
  needed: Who,
  user: string,
  owners: readonly string[],
): Promise<{ readonly why: string; readonly next: string } | undefined> {
  const has = await forge.permission(user);
  // An owner is somebody the repository trusts to write, too.
  const least = needed === 'owners' ? 'write' : needed;
  if (RANK[has] < RANK[least]) {
    return { why: `it takes ${least} access, and they have ${has}`, next: 'Ask somebody who may.' };
  }
  if (needed !== 'owners') return undefined;
  const owner = await forge.isOwner(user, owners);
  if (owner === true) return undefined;
  const why = `only its owners may (${owners.join(', ')})`;
  return { why, next: owner === false ? 'Ask one of them.' : owner.unknown };
}
