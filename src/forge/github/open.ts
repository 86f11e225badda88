import { Octokit } from '@octokit/rest';
import fetch from 'node-fetch';
import { type ClientOptions, createClient, type GitHubClient, type Requester } from './client.ts';

export interface GitHubAddress {
  readonly token: string;
  /** `https://api.github.com`, or that of a GitHub Enterprise. */
  readonly apiUrl: string;
  readonly graphqlUrl: string;
}

/** GitHub's API over Octokit; its own retries, which would send writes again, are left out. */
export function openGitHub(
  { token, apiUrl, graphqlUrl }: GitHubAddress,
  options: ClientOptions,
): GitHubClient {
  const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const octokit = new Octokit({
    auth: token,
    baseUrl: apiUrl,
    userAgent: 'sluice',
    log: quiet,
    request: { fetch },
  });
  const requester: Requester = {
    // GraphQL's address is not below REST's on GitHub Enterprise.
    request: (route, parameters) =>
      route === 'POST /graphql'
        ? octokit.request({ method: 'POST', url: graphqlUrl, ...parameters })
        : octokit.request(route, parameters),
  };
  return createClient(requester, options);
}
