import type { GitHubAddress } from './address.ts';
import { type ClientOptions, createClient, type GitHubClient } from './client.ts';
import { openOctokit } from './octokit.ts';

/** What the code is written for. GitHub keeps a version for two years after the next one. */
const API_VERSION = '2022-11-28';

/**
 * GitHub's API over Octokit; its own retries, which would send writes again, are left out. It is
 * loaded by the first request: many a run makes none, and loading takes longer than reviewing.
 */
export function openGitHub(
  address: GitHubAddress,
  options: Omit<ClientOptions, 'secrets'>,
): GitHubClient {
  let octokit: ReturnType<typeof openOctokit> | undefined;
  return createClient(
    {
      request: async (route, parameters) => {
        octokit ??= openOctokit(address);
        const { request } = octokit;
        // GraphQL's address is not below REST's on GitHub Enterprise.
        return route === 'POST /graphql'
          ? request({ method: 'POST', url: address.graphqlUrl, ...parameters })
          : request(route, { ...parameters, headers: { 'x-github-api-version': API_VERSION } });
      },
    },
    // A GitHub Enterprise Server, which signs only if its owner set that up.
    { ...options, secrets: [address.token], signsCommits: !/\/api\/v3\/?$/.test(address.apiUrl) },
  );
}
