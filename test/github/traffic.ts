import { setTimeout as sleep } from 'node:timers/promises';
import type { TokenKind } from './state/model.ts';

/** One API request, as the log keeps it. Clones and fetches are not in it. */
export interface Logged {
  /** Counted from 1, in order of arrival. */
  readonly order: number;
  readonly method: string;
  /** Without the Enterprise prefix and without the query. */
  readonly path: string;
  readonly query: string;
  /** `pulls/create`, or `graphql/createCommitOnBranch`. */
  readonly operation: string;
  /** Whether it could change anything. */
  readonly writes: boolean;
  readonly token: TokenKind | 'none';
  readonly body: unknown;
  /** The version of the REST API that it asks for. */
  readonly version: string | undefined;
  /** What was answered; 0 where the connection was cut, undefined while it is under way. */
  status: number | undefined;
}

/** An operation's id, `METHOD /path`, a pattern for either, or a question. */
export type Match = string | RegExp | ((request: Logged) => boolean);

/** Which requests: those that match, from the n-th of them on (1 is the next), so many times. */
export interface Where {
  readonly match?: Match;
  readonly nth?: number;
  readonly times?: number;
}

export interface Failure extends Where {
  /** Whether the request is not carried out at all (`before`, unless told), or only answered so. */
  readonly when?: 'before' | 'after';
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Barrier {
  /** Settles when so many requests are being held. */
  arrived(count?: number): Promise<readonly Logged[]>;
  /** Lets them through, and those after them. */
  release(): void;
  /** Holds these runs until each has come, then lets all through. One that ends before fails. */
  meets(runs: readonly Promise<unknown>[]): Promise<void>;
}

/** What the traffic's rules say about one request. */
export interface Verdict {
  readonly failure: Failure | undefined;
  readonly cut: 'before' | 'after' | undefined;
}

interface Rule<Effect> {
  readonly where: Where;
  readonly effect: Effect;
  seen: number;
  used: number;
}

export function matches(match: Match | undefined, request: Logged): boolean {
  if (match === undefined) return true;
  if (typeof match === 'function') return match(request);
  const line = `${request.method} ${request.path}`;
  return typeof match === 'string'
    ? match === request.operation || match === line
    : match.test(line) || match.test(request.operation);
}

/** The log, and the faults that a test queues up for requests to come. */
export class Traffic {
  readonly requests: Logged[] = [];
  #failures: Rule<Failure>[] = [];
  #cuts: Rule<'before' | 'after'>[] = [];
  #delays: Rule<number>[] = [];
  #hooks: Rule<(request: Logged) => Promise<void> | void>[] = [];
  #afterwards: Rule<(request: Logged) => Promise<void> | void>[] = [];
  readonly #held = new Set<() => void>();

  fail(failure: Failure): void {
    this.#failures.push(rule(failure, failure));
  }

  cut(where: Where & { readonly when: 'before' | 'after' }): void {
    this.#cuts.push(rule(where, where.when));
  }

  delay(where: Where & { readonly ms: number }): void {
    this.#delays.push(rule({ times: Number.POSITIVE_INFINITY, ...where }, where.ms));
  }

  on(
    match: Match,
    run: (request: Logged) => Promise<void> | void,
    options: Omit<Where, 'match'> & { readonly when?: 'before' | 'after' } = {},
  ): void {
    const hooks = options.when === 'after' ? this.#afterwards : this.#hooks;
    hooks.push(rule({ match, ...options }, run));
  }

  barrier(match: Match): Barrier {
    const waiting: Logged[] = [];
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    this.#held.add(open);
    let noticed = (): void => undefined;
    this.on(
      match,
      (request) => {
        waiting.push(request);
        noticed();
        return opened;
      },
      { times: Number.POSITIVE_INFINITY },
    );
    const arrived = (count = 1): Promise<readonly Logged[]> =>
      new Promise((resolve) => {
        noticed = () => {
          if (waiting.length >= count) resolve([...waiting]);
        };
        noticed();
      });
    const missed = async (run: Promise<unknown>): Promise<never> => {
      await run;
      throw new Error(`a run ended without a request that is ${match}`);
    };
    return {
      arrived,
      release: open,
      meets: async (runs) => {
        await Promise.race([arrived(runs.length), ...runs.map(missed)]).finally(open);
      },
    };
  }

  /** Forgets every fault, delay, hook and barrier not yet used. */
  calm(): void {
    this.#failures = [];
    this.#cuts = [];
    this.#delays = [];
    this.#hooks = [];
    this.#afterwards = [];
    for (const open of this.#held) open();
    this.#held.clear();
  }

  /** Before a request is handled: delays and hooks happen, faults are looked up. */
  async before(request: Logged): Promise<Verdict> {
    const cut = due(this.#cuts, request);
    const failure = due(this.#failures, request);
    const delay = due(this.#delays, request);
    const hook = due(this.#hooks, request);
    if (delay !== undefined) await sleep(delay);
    if (hook !== undefined) await hook(request);
    return { failure, cut };
  }

  async after(request: Logged): Promise<void> {
    await due(this.#afterwards, request)?.(request);
  }
}

function rule<Effect>(where: Where, effect: Effect): Rule<Effect> {
  return { where, effect, seen: 0, used: 0 };
}

/** The first rule's effect that this request is due. Every rule counts what it sees. */
function due<Effect>(rules: readonly Rule<Effect>[], request: Logged): Effect | undefined {
  let found: Effect | undefined;
  for (const candidate of rules) {
    const { match, nth = 1, times = 1 } = candidate.where;
    if (!matches(match, request)) continue;
    candidate.seen += 1;
    if (found !== undefined || candidate.seen < nth || candidate.used >= times) continue;
    candidate.used += 1;
    found = candidate.effect;
  }
  return found;
}
