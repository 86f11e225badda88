import type { Forge } from '../../src/forge/forge.ts';
import type { Oid } from '../../src/model/head.ts';
import type { Instant } from '../../src/time.ts';
import { MAY } from './model.ts';

/** One run of the bot: a process with a clock of its own that may die at any call to the forge. */
export interface Run {
  /** `tick`, `compile`, or the verb of a command. */
  readonly by: string;
  readonly user?: string;
  /** The flag that a command is about. */
  readonly key?: string;
  readonly now: Instant;
  dead: boolean;
  /** Whether it made a commit. */
  wrote: boolean;
  /** The moment, as a count of everything that happened, at which it last asked for reverts. */
  looked: number;
  /** The same of when it last listed them all. */
  listed: number;
}

/** What befalls a run as it goes along. */
export interface Fate {
  /** Before a call: people act, others go first. */
  before(call: keyof Forge, args: readonly unknown[]): Promise<void>;
  after(): void;
  /** Dies here, before the call or after it took effect. */
  dies(call: keyof Forge): 'before' | 'after' | undefined;
}

/** What the soak keeps of the writes of all runs. */
export interface Ledger {
  tick(): number;
  committed(oid: Oid, run: Run): void;
  proposed(wanted: Parameters<Forge['propose']>[0], opened: boolean, run: Run): void;
  withdrawn(branch: string): void;
}

/** The run was killed: nobody hears its answer, and it does nothing more. */
export class Killed extends Error {}

/** A forge as one run meets it. Who may do what is the table the people live by. */
export function asMetBy(forge: Forge, run: Run, fate: Fate, ledger: Ledger): Forge {
  const call = <K extends keyof Forge>(name: K): Forge[K] => {
    const real = forge[name] as (...args: unknown[]) => Promise<unknown>;
    const met = async (...args: unknown[]): Promise<unknown> => {
      if (run.dead) throw new Killed();
      await fate.before(name, args);
      try {
        if (run.dead) throw new Killed();
        const end = fate.dies(name);
        if (end === 'before') return die();
        const moment = ledger.tick();
        const answer = await real(...args);
        note(name, args, answer, moment);
        return end === 'after' ? die() : answer;
      } finally {
        fate.after();
      }
    };
    return met as Forge[K];
  };

  function die(): never {
    run.dead = true;
    throw new Killed();
  }

  function note(
    name: keyof Forge,
    args: readonly unknown[],
    answer: unknown,
    moment: number,
  ): void {
    if (name === 'proposals') run.listed = moment;
    if (name === 'proposals' || name === 'lookUp') run.looked = moment;
    if (name === 'commit') {
      const outcome = answer as Awaited<ReturnType<Forge['commit']>>;
      const [head] = args as Parameters<Forge['commit']>;
      if (outcome.kind === 'committed' && outcome.oid !== head.oid) {
        run.wrote = true;
        ledger.committed(outcome.oid, run);
      }
    }
    if (name === 'propose') {
      const outcome = answer as Awaited<ReturnType<Forge['propose']>>;
      const [wanted] = args as Parameters<Forge['propose']>;
      ledger.proposed(wanted, outcome.kind === 'opened', run);
    }
    if (name === 'withdraw') ledger.withdrawn((args as Parameters<Forge['withdraw']>)[0].branch);
  }

  return {
    head: call('head'),
    read: call('read'),
    lookUp: call('lookUp'),
    readAt: call('readAt'),
    edits: call('edits'),
    records: call('records'),
    parent: call('parent'),
    message: call('message'),
    changedPaths: call('changedPaths'),
    commit: call('commit'),
    proposals: call('proposals'),
    propose: call('propose'),
    refresh: call('refresh'),
    withdraw: call('withdraw'),
    raise: call('raise'),
    permission: async (user) =>
      ({ everything: 'admin', 'no-owner': 'write', nothing: 'read' })[MAY[user] ?? 'nothing'] as
        | 'admin'
        | 'write'
        | 'read',
    isOwner: async (user) => MAY[user] === 'everything',
  };
}

/** Several runs at once: their calls to the forge are made one at a time, in an order that is drawn. */
export class Together {
  readonly #waiting: (() => void)[] = [];
  #left = 0;
  #calling = false;

  /** To be awaited before each call of any of the runs. */
  turn(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** To be said after each call. */
  over(): void {
    this.#calling = false;
  }

  /** Runs all to their end; `pick` says whose call is next, of so many that wait. */
  async all(
    runs: readonly (() => Promise<unknown>)[],
    pick: (waiting: number) => number,
  ): Promise<void> {
    this.#left = runs.length;
    const failures: unknown[] = [];
    for (const run of runs) {
      void run()
        .catch((failure: unknown) => failures.push(failure))
        .finally(() => {
          this.#left -= 1;
        });
    }
    while (this.#left > 0) {
      // By then whatever can go on without the forge has gone on.
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#calling || this.#waiting.length === 0) continue;
      this.#calling = true;
      for (const go of this.#waiting.splice(pick(this.#waiting.length), 1)) go();
    }
    for (const failure of failures) throw failure;
  }
}
