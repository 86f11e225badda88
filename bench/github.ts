import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import type { GitHub } from '../test/github/server.ts';
import type { Logged } from '../test/github/traffic.ts';

/** From a request's arrival to its answer, on the clock of `performance.now()`. */
interface Span {
  readonly began: number;
  readonly ended: number;
}

/** One request, as the tests' GitHub understood it. */
export interface Exchange extends Span {
  readonly request: Logged;
  ended: number;
}

/** Records what a GitHub is asked from now on. */
export function watch(github: GitHub): readonly Exchange[] {
  const exchanges: Exchange[] = [];
  const always = { times: Number.POSITIVE_INFINITY };
  const all = (): boolean => true;
  github.on(
    all,
    (request) => {
      exchanges.push({ request, began: performance.now(), ended: Number.POSITIVE_INFINITY });
    },
    always,
  );
  github.on(
    all,
    (request) => {
      const exchange = exchanges.find((each) => each.request === request);
      if (exchange) exchange.ended = performance.now();
    },
    { ...always, when: 'after' },
  );
  return exchanges;
}

/**
 * When the server of this process had a request: from the last byte of it to the answer written, by
 * Node's own channels. What is checked out before a run is no request of the run's.
 */
export function watchServer(): readonly Span[] {
  const spans: Span[] = [];
  const began = new WeakMap<IncomingMessage, number>();
  subscribe('http.server.request.start', (message) => {
    const { request } = message as { readonly request: IncomingMessage };
    if (/\/(?:info\/refs|git-upload-pack)\b/.test(request.url ?? '')) return;
    request.once('end', () => began.set(request, performance.now()));
  });
  subscribe('http.server.response.finish', (message) => {
    const { request } = message as { readonly request: IncomingMessage };
    const at = began.get(request);
    if (at !== undefined) spans.push({ began: at, ended: performance.now() });
  });
  return spans;
}

/** How long at least one request was with the server, in milliseconds. */
export function serving(spans: readonly Span[]): number {
  let total = 0;
  let until = 0;
  for (const { began, ended } of spans.toSorted((a, b) => a.began - b.began)) {
    total += Math.max(0, ended - Math.max(began, until));
    until = Math.max(until, ended);
  }
  return total;
}

/** The longest chain of requests up to one, each sent after the one before it was answered. */
export function depth(exchanges: readonly Exchange[], last: Exchange): number {
  const before = exchanges.filter(({ ended }) => ended <= last.began);
  return 1 + Math.max(0, ...before.map((each) => depth(before, each)));
}
