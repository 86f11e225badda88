import type { CannotTell, Permission } from '../forge.ts';
import type { GitHubClient } from './client.ts';
import { GitHubError } from './error.ts';

/**
 * What somebody may do in the repository, asked now. `permission` folds maintain into write and
 * triage into read, which is as fine as commands need it; a stranger to a public repository may read.
 */
export async function permissionOf(client: GitHubClient, user: string): Promise<Permission> {
  try {
    const { permission } = await client.read(
      'GET /repos/{owner}/{repo}/collaborators/{username}/permission',
      { username: user },
    );
    return isPermission(permission) ? permission : 'none';
  } catch (error) {
    // Somebody GitHub does not know here, a private member of nothing: no permission.
    if (error instanceof GitHubError && error.code === 'not-found') return 'none';
    throw error;
  }
}

const isPermission = (text: string): text is Permission =>
  ['none', 'read', 'write', 'admin'].includes(text);

/**
 * Whether somebody is one of the owners, by name or as an active member of a team. GITHUB_TOKEN
 * cannot read teams: then nobody is known to be a member, and the answer says what would help.
 */
export async function ownsHere(
  client: GitHubClient,
  user: string,
  owners: readonly string[],
): Promise<boolean | CannotTell> {
  const names = owners.map((owner) => owner.replace(/^@/, ''));
  const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
  if (names.some((name) => !name.includes('/') && same(name, user))) return true;
  let unknown: CannotTell | undefined;
  for (const name of names) {
    const [org, team] = name.split('/');
    if (org === undefined || team === undefined) continue;
    const member = await isMember(client, org, team, user);
    if (member === true) return true;
    if (member !== false) unknown ??= member;
  }
  return unknown ?? false;
}

async function isMember(
  client: GitHubClient,
  org: string,
  team: string,
  user: string,
): Promise<boolean | CannotTell> {
  try {
    const { state } = await client.read(
      'GET /orgs/{org}/teams/{team_slug}/memberships/{username}',
      { org, team_slug: team, username: user },
    );
    return state === 'active';
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    if (error.code === 'ambiguous' || error.code === 'rate-limited') {
      // The person may be in another team, or named.
      const unknown = `Whether they are in @${org}/${team} could not be looked up (${error.message}). Say it again in a minute.`;
      return { unknown, noAnswer: true };
    }
    if (error.status !== 403) return false;
    return {
      unknown: `Who is in @${org}/${team} cannot be read with this token (${error.said}). Give the bot an app token with the organisation permission "Members: read", name people among the owners, or let everybody with write access say it: \`commands.allow\` in the config.`,
    };
  }
}
