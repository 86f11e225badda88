import type { Seen } from './load.ts';
import { CONTROL, SERVICE, STAGES, TREATMENT } from './scenario.ts';
import type { Move } from './ticks.ts';

/** A move, and the moment its commit was there. */
export interface Moved extends Move {
  readonly at: number;
}

/** All that was written down while it ran; moments are milliseconds of this machine's clock. */
export interface Journal {
  readonly began: number;
  readonly moves: readonly Moved[];
  readonly faultOn?: number;
  /** When the tick began that took the flag back. */
  readonly noticed?: number;
  /** When its commit was there, and when the service had read it. */
  readonly reverted?: number;
  readonly read?: number;
  readonly seen: readonly Seen[];
  readonly skipped: number;
}

/** What came of it. */
export interface Outcome {
  readonly journal: Journal;
  /** The stages that were entered, in their order. */
  readonly climbed: readonly string[];
  /** The last answer of the treatment: from then on nobody had it. */
  readonly safe?: number;
  readonly requests: number;
  /** The share of requests that failed: before the fault, while it had users, and when it had none. */
  readonly errorRate: { readonly before: number; readonly during: number; readonly after: number };
  readonly hurt: Hurt;
  /** Users who had had the treatment by the end of each stage. */
  readonly exposed: readonly { readonly stage: string; readonly users: number }[];
  /** Users who came by at all, and since the rollback. */
  readonly users: number;
  readonly returned: number;
  /** Users for whom something was not as it must be. */
  readonly astray: readonly Astray[];
  /** Visits that nobody answered. */
  readonly lost: number;
}

/** The requests of the treatment that failed while it had the fault. */
export interface Hurt {
  readonly requests: number;
  readonly users: number;
  /** Of all requests from the fault on until users were safe, and of all there were. */
  readonly ofIncident: number;
  readonly ofAll: number;
}

export interface Astray {
  readonly user: number;
  readonly what: string;
}

/** Works out what came of it. */
export function outcomeOf(journal: Journal): Outcome {
  const { seen, faultOn = Number.POSITIVE_INFINITY, moves } = journal;
  const treated = seen.filter(({ variant }) => variant === TREATMENT);
  const safe = treated.reduce((last, { at }) => Math.max(last, at), 0);
  const during = seen.filter(({ at }) => at >= faultOn && at <= safe);
  const hurt = during.filter(({ variant, failed }) => failed && variant === TREATMENT);
  const entered = moves.filter(({ action }) => action === 'start' || action === 'advance');
  return {
    journal,
    climbed: entered.map(({ to }) => to),
    ...(treated.length > 0 ? { safe } : {}),
    requests: seen.length,
    errorRate: {
      before: failedOf(seen.filter(({ at }) => at < faultOn)),
      during: failedOf(during),
      after: failedOf(seen.filter(({ at }) => at > safe)),
    },
    hurt: {
      requests: hurt.length,
      users: usersOf(hurt),
      ofIncident: share(hurt.length, during.length),
      ofAll: share(hurt.length, seen.length),
    },
    exposed: entered.map(({ to }, place) => {
      const end = entered[place + 1]?.at ?? Number.POSITIVE_INFINITY;
      return { stage: to, users: usersOf(treated.filter(({ sent }) => sent < end)) };
    }),
    users: usersOf(seen),
    returned: usersOf(seen.filter(({ at }) => at > safe)),
    astray: astrayOf(journal),
    lost: seen.filter(({ variant }) => variant === undefined).length,
  };
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
const failedOf = (some: readonly Seen[]): number =>
  share(some.filter(({ failed }) => failed).length, some.length);
const usersOf = (some: readonly Seen[]): number => new Set(some.map(({ user }) => user)).size;

/**
 * Users who went another way than the one there is: into the treatment once, as the rollout went up,
 * and out of it once, when it was taken back.
 */
export function astrayOf({ seen, noticed, read }: Journal): readonly Astray[] {
  const had = new Map<number, { variant: string; changes: number }>();
  const astray: Astray[] = [];
  for (const { user, sent, variant } of [...seen].sort((a, b) => a.sent - b.sent)) {
    if (variant === undefined) continue;
    if (variant !== TREATMENT && variant !== CONTROL) {
      astray.push({ user, what: `was answered by \`${variant}\`` });
      continue;
    }
    const before = had.get(user) ?? { variant: CONTROL, changes: 0 };
    if (variant === before.variant) continue;
    had.set(user, { variant, changes: before.changes + 1 });
    if (variant === CONTROL && (noticed === undefined || sent < noticed)) {
      astray.push({ user, what: 'lost the treatment on the way up' });
    } else if (variant === TREATMENT && before.changes > 0) {
      astray.push({ user, what: 'got the treatment a second time' });
    } else if (variant === TREATMENT && read !== undefined && sent > read) {
      astray.push({ user, what: 'got the treatment after it was taken back' });
    }
  }
  return astray;
}

/** How much worse than before the error rate may still be afterwards: what chance makes of it. */
const ORDINARY = 0.01;
/** What chance may add to the share of requests that are hurt. */
const BY_CHANCE = 0.04;
/** Of all requests: the share that makes the whole thing worth its while. */
const MOST_HURT = 0.05;

/** What is not as it must be, for people; nothing where all is well. */
export function shortcomings(outcome: Outcome): readonly string[] {
  const { climbed, journal, hurt, errorRate, astray, safe, lost } = outcome;
  const { faultOn, reverted, moves, seen } = journal;
  const [up, exposed] = [STAGES.slice(0, 3), STAGES[2].percentage / 100];
  const wanted = up.map(({ name }) => name).join(', ');
  const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;
  const said: string[] = [];
  if (climbed.join(', ') !== wanted) {
    said.push(`it climbed ${climbed.join(', ') || 'nowhere'}, not ${wanted}`);
  }
  if (faultOn === undefined) said.push('the fault was never switched on');
  if (reverted === undefined) said.push('it was not rolled back');
  else if (faultOn === undefined || reverted < faultOn) {
    said.push('it was rolled back before there was a fault');
  }
  if (reverted !== undefined && moves.at(-1)?.action !== 'rollback') {
    said.push('something moved after the rollback');
  }
  if (astray.length > 0) {
    const first = astray.slice(0, 5).map(({ user, what }) => `user-${user} ${what}`);
    said.push(`${astray.length} users went astray: ${first.join('; ')}`);
  }
  const last = seen.at(-1)?.at ?? 0;
  if (safe === undefined) said.push('nobody ever had the treatment');
  else if (safe >= last) said.push('somebody had the treatment to the end');
  if (errorRate.after > errorRate.before + ORDINARY) {
    said.push(
      `${percent(errorRate.after)} of requests still fail, ${percent(errorRate.before)} did before`,
    );
  }
  if (hurt.requests === 0) said.push('the fault hurt nobody');
  if (hurt.ofIncident > exposed * SERVICE.faultFails + BY_CHANCE) {
    said.push(`${percent(hurt.ofIncident)} of the requests were hurt while the fault had users`);
  }
  if (hurt.ofAll > MOST_HURT) said.push(`${percent(hurt.ofAll)} of all requests were hurt`);
  if (lost > 0) said.push(`visits that nobody answered: ${lost}`);
  return said;
}
