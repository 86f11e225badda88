import type { Account, PermissionName, Permissions, Role, TokenKind } from './model.ts';
import type { StoredRepository } from './repository.ts';
import type { World } from './world.ts';

export interface Token {
  readonly kind: TokenKind;
  readonly account: Account;
  /** A workflow's and an app's token are good for one repository here; a person's for all. */
  readonly repository: StoredRepository | undefined;
  readonly permissions: Permissions;
  /** Primary rate limits, by resource. */
  readonly used: Map<string, number>;
  readonly limit: number;
}

export type Need = readonly [PermissionName, 'read' | 'write'];

/** What a workflow gets that says nothing about permissions, under GitHub's permissive default. */
export const PERMISSIVE: Permissions = {
  actions: 'write',
  contents: 'write',
  issues: 'write',
  metadata: 'read',
  pull_requests: 'write',
};

const BY_ROLE: Readonly<Record<Role, Permissions>> = {
  admin: PERMISSIVE,
  maintain: PERMISSIVE,
  write: PERMISSIVE,
  triage: { contents: 'read', metadata: 'read', issues: 'write', pull_requests: 'write' },
  read: { contents: 'read', metadata: 'read', issues: 'read', pull_requests: 'read' },
  none: {},
};

function covers(permissions: Permissions, [name, level]: Need): boolean {
  // Everything can read what a repository is called.
  const given = name === 'metadata' ? 'read' : permissions[name];
  return given === 'write' || given === level;
}

/** Whether a request is anonymous, sees the repository at all, or may do what it asks. */
export function allows(
  world: World,
  token: Token | undefined,
  repository: StoredRepository,
  needs: readonly Need[],
): 'yes' | 'no' | 'hidden' {
  const reads = needs.every(([, level]) => level === 'read');
  // What is public can be read with any token, whatever that was given: only a private repository
  // shows that a workflow asks for too little.
  if (reads && !repository.isPrivate) return 'yes';
  if (token === undefined) return repository.isPrivate ? 'hidden' : 'no';
  if (token.kind === 'user') {
    const role = world.role(repository, token.account.login);
    if (role === 'none') return 'hidden';
    // Anybody who can see an issue may comment on it and react to it, and open one.
    const able = { ...BY_ROLE[role], issues: 'write' } as const;
    return needs.some((need) => covers(able, need)) ? 'yes' : 'no';
  }
  if (token.repository !== repository) {
    // Outside of its repository such a token is no better than none.
    return allows(world, undefined, repository, needs);
  }
  return needs.some((need) => covers(token.permissions, need)) ? 'yes' : 'no';
}
