import { Octokit } from '@octokit/rest';
import type { RequestInit } from 'node-fetch';
import { openTransport } from '../../http/transport.ts';
import { SECOND } from '../../time.ts';
import type { GitHubAddress } from './open.ts';

/** Octokit for one address, without its log, and on as few connections as it takes. */
export function openOctokit({ token, apiUrl, timeout = 30 * SECOND }: GitHubAddress): Octokit {
  const { fetch, agent } = openTransport();
  const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  return new Octokit({
    auth: token,
    baseUrl: apiUrl,
    userAgent: 'sluice',
    log: quiet,
    request: {
      // Octokit waits for ever for an answer that does not come.
      fetch: (url: string, init: RequestInit) =>
        fetch(url, { ...init, agent, signal: AbortSignal.timeout(timeout) }),
    },
  });
}
