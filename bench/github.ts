import type { GitHub } from '../test/github/server.ts';
import type { Logged } from '../test/github/traffic.ts';

/** One request, from its arrival to its answer, on the clock of `performance.now()`. */
export interface Exchange {
  readonly request: Logged;
  readonly began: number;
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

/** How long at least one request was with the server, in milliseconds. */
export function serving(exchanges: readonly Exchange[]): number {
  let total = 0;
  let until = 0;
  for (const { began, ended } of exchanges) {
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
