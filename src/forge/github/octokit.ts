import { Octokit } from '@octokit/rest';
import type { RequestInit, Response } from 'node-fetch';
import { type Fetch, openTransport } from '../../http/transport.ts';
import { SECOND } from '../../time.ts';
import type { GitHubAddress } from './address.ts';

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
        followed(fetch, url, { ...init, agent, signal: AbortSignal.timeout(timeout) }),
    },
  });
}

const REDIRECTS: readonly number[] = [301, 302, 307, 308];
/** A renamed repository takes one. */
const MAX_REDIRECTS = 5;

/**
 * Fetches, and follows redirects within the host: a renamed repository answers with one. Each request
 * keeps its method and its body; by the rules of browsers a POST would become a GET, which would look
 * as if it had been done. To another host nothing is sent.
 */
async function followed(fetch: Fetch, url: string, init: RequestInit): Promise<Response> {
  let at = url;
  for (let hops = 0; ; hops += 1) {
    const response = await fetch(at, { ...init, redirect: 'manual' });
    const location = response.headers.get('location');
    if (!REDIRECTS.includes(response.status) || location === null || hops === MAX_REDIRECTS) {
      return response;
    }
    const next = new URL(location, at);
    if (next.origin !== new URL(at).origin) return response;
    response.body?.resume();
    at = next.href;
  }
}
