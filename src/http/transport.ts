import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import nodeFetch from 'node-fetch';

/** `fetch` of node-fetch 3, the part that is used. */
export type Fetch = typeof nodeFetch;

/** What carries requests, and keeps their connections for the next. */
export interface Transport {
  readonly fetch: Fetch;
  readonly agent: (url: URL) => Agent;
  close(): void;
}

/** More sockets a host than a tick asks at once (8), so that nobody waits for one. */
const SOCKETS = 16;

export function openTransport(fetch: Fetch = nodeFetch): Transport {
  // Node unrefs a socket while it idles in an agent: the process may end.
  const options = { keepAlive: true, maxSockets: SOCKETS };
  const plain = new Agent(options);
  const secure = new SecureAgent(options);
  return {
    fetch,
    agent: (url) => (url.protocol === 'https:' ? secure : plain),
    close: () => {
      plain.destroy();
      secure.destroy();
    },
  };
}
