import { fullRepository } from '../shape/repository.ts';
import { time } from '../shape/urls.ts';
import { user } from '../shape/user.ts';
import type { Role } from '../state/model.ts';
import { forbidden, notFound, RequestError } from '../state/refusal.ts';
import { general, type Input, ok, reads } from './call.ts';

/** `permission` knows no maintain and no triage: `role_name` does. */
const FOLDED: Readonly<Record<Role, string>> = {
  admin: 'admin',
  maintain: 'write',
  write: 'write',
  triage: 'read',
  read: 'read',
  none: 'none',
};

const getRepository = reads<Input<'repos', 'get'>>(['metadata', 'read'], (call) => {
  const { world, urls, repository, token } = call;
  const writes = token?.permissions.contents === 'write' ? 'write' : 'read';
  const role =
    token?.kind === 'user' ? world.role(repository, token.account.login) : (writes as Role);
  return ok(fullRepository(urls, repository, role));
});

const permission = reads<Input<'repos', 'getCollaboratorPermissionLevel'>>(
  ['metadata', 'read'],
  ({ world, urls, repository }, { username }) => {
    const account = world.knownAccount(username);
    if (account === undefined) throw new RequestError(404, `${username} is not a user`);
    const role = world.role(repository, username);
    const rank = ['none', 'read', 'triage', 'write', 'maintain', 'admin'].indexOf(role);
    return ok({
      permission: FOLDED[role],
      role_name: role,
      user: {
        ...user(urls, account),
        permissions: {
          admin: rank >= 5,
          maintain: rank >= 4,
          push: rank >= 3,
          triage: rank >= 2,
          pull: rank >= 1,
        },
        role_name: role,
      },
    });
  },
);

/** Members are an organisation's business: GITHUB_TOKEN never sees them, an app needs `members`. */
const membership = general<Input<'teams', 'getMembershipForUserInOrg'>>(
  ({ world, urls, token }, { org, team_slug, username }) => {
    if (token === undefined) throw new RequestError(401, 'Requires authentication');
    if (token.kind !== 'user' && token.permissions.members === undefined) {
      throw forbidden('integration');
    }
    const role = world.teams
      .get(`${org}/${team_slug}`.toLowerCase())
      ?.members.get(username.toLowerCase());
    if (role === undefined) throw notFound();
    const url = `${urls.api}/organizations/1/team/1/memberships/${username}`;
    return ok({ state: 'active', role, url });
  },
);

const viewer = general(({ world, urls, token }) => {
  if (token === undefined) throw new RequestError(401, 'Requires authentication');
  // An installation is nobody: only people have a profile of their own.
  if (token.kind !== 'user') throw forbidden('integration');
  return ok({
    ...user(urls, token.account),
    name: null,
    company: null,
    blog: '',
    location: null,
    email: null,
    hireable: null,
    bio: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: time(world.now()),
    updated_at: time(world.now()),
  });
});

/** Wants an app's own signed token, which no installation token is. */
const app = general(() => {
  throw new RequestError(401, 'A JSON web token could not be decoded');
});

const rateLimit = general(({ world, token }) => {
  const limit = token?.limit ?? 60;
  const rate = (resource: string) => {
    const used = token?.used.get(resource) ?? 0;
    const reset = Math.floor(world.now() / 1000) + 3600;
    return { limit, used, remaining: Math.max(0, limit - used), reset };
  };
  const core = rate('core');
  return ok({ resources: { core, search: rate('search'), graphql: rate('graphql') }, rate: core });
});

export const PEOPLE_OPERATIONS = {
  'repos/get': getRepository,
  'repos/get-collaborator-permission-level': permission,
  'teams/get-membership-for-user-in-org': membership,
  'users/get-authenticated': viewer,
  'apps/get-authenticated': app,
  'rate-limit/get': rateLimit,
};
