import type { Permission } from '../forge.ts';
import { type GitHubClient, GitHubError } from './client.ts';

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

/** Whether we are GITHUB_TOKEN, whose commits and pull requests start no workflows. */
export async function isWorkflowToken(client: GitHubClient): Promise<boolean> {
  try {
    const { viewer } = await client.query<{ readonly viewer: { readonly login: string } }>(
      'query { viewer { login } }',
    );
    return viewer.login === 'github-actions[bot]';
  } catch (error) {
    if (error instanceof GitHubError && error.code !== 'ambiguous') return false;
    throw error;
  }
}

/**
 * Whether somebody is one of the owners, by name or as an active member of a team. GITHUB_TOKEN
 * cannot read teams: then nobody is a member, and `warn` hears why.
 */
export async function ownsHere(
  client: GitHubClient,
  user: string,
  owners: readonly string[],
  warn: (text: string) => void,
): Promise<boolean> {
  const names = owners.map((owner) => owner.replace(/^@/, ''));
  const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
  if (names.some((name) => !name.includes('/') && same(name, user))) return true;
  for (const name of names) {
    const [org, team] = name.split('/');
    if (org === undefined || team === undefined) continue;
    if (await isMember(client, org, team, user, warn)) return true;
  }
  return false;
}

async function isMember(
  client: GitHubClient,
  org: string,
  team: string,
  user: string,
  warn: (text: string) => void,
): Promise<boolean> {
  try {
    const { state } = await client.read(
      'GET /orgs/{org}/teams/{team_slug}/memberships/{username}',
      { org, team_slug: team, username: user },
    );
    return state === 'active';
  } catch (error) {
    if (!(error instanceof GitHubError) || error.code === 'ambiguous') throw error;
    if (error.status === 403) {
      warn(
        `the members of @${org}/${team} could not be read (${error.said}); give the bot an app token with the organisation permission "Members: read", or name people as owners`,
      );
    }
    return false;
  }
}
