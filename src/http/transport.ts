import { Agent } from 'node:http';
import https from 'node:https';
import nodeFetch from 'node-fetch';
import { type Duration, SECOND } from '../time.ts';

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

/**
 * A connection that idles for longer is not used again: the other side may be closing it just then,
 * and of a request that is lost to that nobody can say whether it was heard.
 */
const IDLE: Duration = 5 * SECOND;

export function openTransport({
  fetch = nodeFetch,
  idle = IDLE,
}: {
  readonly fetch?: Fetch | undefined;
  readonly idle?: Duration;
} = {}): Transport {
  // Node unrefs a socket while it idles in an agent: the process may end.
  const options = { keepAlive: true, maxSockets: SOCKETS, timeout: idle };
  const plain = new Agent(options);
  let secure: https.Agent | undefined;
  return {
    fetch,
    agent: ({ protocol }) => {
      if (protocol !== 'https:') return plain;
      secure ??= new https.Agent(options);
      return secure;
    },
    close: () => {
      plain.destroy();
      secure?.destroy();
    },
  };
}
