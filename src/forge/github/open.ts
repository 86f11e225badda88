import { Octokit } from '@octokit/rest';
import fetch, { type RequestInit } from 'node-fetch';
import { type Duration, SECOND } from '../../time.ts';
import { type ClientOptions, createClient, type GitHubClient, type Requester } from './client.ts';

export interface GitHubAddress {
  readonly token: string;
  /** `https://api.github.com`, or that of a GitHub Enterprise. */
  readonly apiUrl: string;
  readonly graphqlUrl: string;
  /** For one request, whole. 30 s unless given: GitHub itself gives a request up after 10 s. */
  readonly timeout?: Duration;
}

/** GitHub's API over Octokit; its own retries, which would send writes again, are left out. */
export function openGitHub(
  { token, apiUrl, graphqlUrl, timeout = 30 * SECOND }: GitHubAddress,
  options: Omit<ClientOptions, 'secrets'>,
): GitHubClient {
  const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const octokit = new Octokit({
    auth: token,
    baseUrl: apiUrl,
    userAgent: 'sluice',
    log: quiet,
    request: {
      // Octokit waits for ever for an answer that does not come.
      fetch: (url: string, init: RequestInit) =>
        fetch(url, { ...init, signal: AbortSignal.timeout(timeout) }),
    },
  });
  const requester: Requester = {
    // GraphQL's address is not below REST's on GitHub Enterprise.
    request: (route, parameters) =>
      route === 'POST /graphql'
        ? octokit.request({ method: 'POST', url: graphqlUrl, ...parameters })
        : octokit.request(route, parameters),
  };
  return createClient(requester, { ...options, secrets: [token] });
}
