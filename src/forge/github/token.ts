import type { GitHubClient } from './client.ts';
import { GitHubError } from './error.ts';

/** Whether we are GITHUB_TOKEN, whose commits and pull requests start no workflows. */
export async function isWorkflowToken(client: GitHubClient): Promise<boolean> {
  try {
    const { viewer } = await client.query<{ readonly viewer: { readonly login: string } }>(
      'query { viewer { login } }',
    );
    return viewer.login === 'github-actions[bot]';
  } catch (error) {
    // It is only about a word of advice.
    if (error instanceof GitHubError) return false;
    throw error;
  }
}
