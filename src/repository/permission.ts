import type { Forge } from '../forge/forge.ts';
import type { Who } from '../model/config.ts';

/** Whether a person may give a command. */
export type Allowed =
  /** `doubt`: who owns it could not be looked up, and the command makes users safer. */
  | { readonly kind: 'yes'; readonly doubt?: string }
  | { readonly kind: 'no'; readonly why: string; readonly next: string };

const RANK = { none: 0, read: 1, write: 2, admin: 3 } as const;

/**
 * Whether a person may give a command, and if not, what would help.
 *
 * @param safer the command takes users back or stops: write access is enough if a list of owners
 *   cannot be read just now. Anyone with it can commit the same by hand.
 */
export async function permissionOf(
  forge: Pick<Forge, 'permission' | 'isOwner'>,
  needed: Who,
  user: string,
  owners: readonly string[],
  { safer }: { readonly safer: boolean },
): Promise<Allowed> {
  const has = await forge.permission(user);
  // An owner is somebody the repository trusts to write, too.
  const least = needed === 'owners' ? 'write' : needed;
  if (RANK[has] < RANK[least]) {
    const why = `it takes ${least} access, and they have ${has}`;
    return { kind: 'no', why, next: 'Ask somebody who may.' };
  }
  if (needed !== 'owners') return { kind: 'yes' };
  const owner = await forge.isOwner(user, owners);
  if (owner === true) return { kind: 'yes' };
  if (owner !== false && owner.noAnswer && safer) return { kind: 'yes', doubt: owner.unknown };
  const why = `only its owners may (${owners.join(', ')})`;
  return { kind: 'no', why, next: owner === false ? 'Ask one of them.' : owner.unknown };
}
