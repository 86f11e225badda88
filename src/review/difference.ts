import {
  type Audience,
  BUCKETS,
  datesOf,
  type Exposure,
  exposureOf,
  toldBy,
} from '../model/exposure.ts';
import { isTargeted, type Rollout } from '../model/rollout.ts';
import type { Instant } from '../time.ts';

/** What a change to a rollout's file does to users at once, apart from what its status says. */
export interface Difference {
  /** The exposed get another variant, or another value of it. */
  readonly exposed?: Instead;
  /** Everyone else does. */
  readonly others?: Instead;
  /** Users are put in other buckets, so that a share of them is a share of others. */
  readonly redrawn?: 'flag' | 'bucket_by';
  /** Those who have it lose or get it on another day. */
  readonly dates?: Shift;
  /** Who is in besides, in the stage that the status names. */
  readonly more: readonly Audience[];
  /** Who is in no more. */
  readonly fewer: readonly Audience[];
}

/** One variant in place of another; with the same name where its value is another one. */
export interface Instead {
  readonly from: string;
  readonly to: string;
}

/**
 * What another date does to those whom the status exposes: they lose it at once, get it at once,
 * lose it sooner, or keep it longer.
 */
export interface Shift {
  readonly key: 'start' | 'end';
  readonly does: 'closes' | 'opens' | 'sooner' | 'later';
}

/**
 * Compares who gets what by a file before and after a change. The moves that a status makes by
 * itself are left out: those are the bot's, and another rule of the review looks at them. Nothing
 * where either cannot be told, because its stage is gone.
 *
 * @param at the moment that `start` and `end` are compared with
 */
export function differenceOf(before: Rollout, after: Rollout, at: Instant): Difference | undefined {
  const [then, now] = [exposureOf(before), exposureOf(after)];
  if (!then || !now) return undefined;
  const served = before.status.serving === after.status.serving;
  const stayIn = served && exposesAnybody(then) && exposesAnybody(now);
  const stayOut = leavesAnybody(then) && leavesAnybody(now);
  const exposed = stayIn ? insteadOf(before, then.variant, after, now.variant) : undefined;
  const others = stayOut ? insteadOf(before, then.control, after, now.control) : undefined;
  const dates =
    exposesAnybody(then) && exposesAnybody(now) ? shiftOf(before, after, at) : undefined;
  // Where the status would leave them, had nothing else been changed.
  const moved = exposureOf({ ...before, status: after.status }) ?? then;
  return {
    ...(exposed ? { exposed } : {}),
    ...(others ? { others } : {}),
    ...(dates ? { dates } : {}),
    ...redrawn(before, after, then, now),
    more: now.audiences.filter((audience) => !covers(moved, audience)),
    // A kill says so itself.
    fewer: after.kill ? [] : moved.audiences.filter((audience) => !covers(now, audience)),
  };
}

function insteadOf(before: Rollout, from: string, after: Rollout, to: string): Instead | undefined {
  const same = JSON.stringify(before.variants[from]) === JSON.stringify(after.variants[to]);
  return same && from === to ? undefined : { from, to };
}

function redrawn(
  before: Rollout,
  after: Rollout,
  then: Exposure,
  now: Exposure,
): Pick<Difference, 'redrawn'> {
  if (before.key !== after.key) return exposesAnybody(then) ? { redrawn: 'flag' } : {};
  const byShare = toldBy(then).bucket && toldBy(now).bucket;
  return byShare && before.bucketBy !== after.bucketBy ? { redrawn: 'bucket_by' } : {};
}

function shiftOf(before: Rollout, after: Rollout, at: Instant): Shift | undefined {
  if (before.start === after.start && before.end === after.end) return undefined;
  const [then, since] = [datesOf(before), datesOf(after)];
  const [was, is] = [then, since].map((dates) => closedBy(dates, at));
  if (was && is) return undefined;
  if (was) return { key: was, does: 'opens' };
  if (is) return { key: is, does: 'closes' };
  if (then.end === since.end) return undefined;
  const sooner = (since.end ?? Number.POSITIVE_INFINITY) < (then.end ?? Number.POSITIVE_INFINITY);
  return { key: 'end', does: sooner ? 'sooner' : 'later' };
}

/** The date that keeps everybody on the control at a moment. */
function closedBy(
  { start, end }: ReturnType<typeof datesOf>,
  at: Instant,
): Shift['key'] | undefined {
  if (end !== undefined && end <= at) return 'end';
  return start !== undefined && start > at ? 'start' : undefined;
}

function exposesAnybody({ variant, control, audiences, allow }: Exposure): boolean {
  return variant !== control && audiences.length + allow.length > 0;
}

function leavesAnybody({ variant, control, audiences, block }: Exposure): boolean {
  return (
    variant === control || block.length > 0 || !audiences.some((each) => isEveryone(each, BUCKETS))
  );
}

/** Whether an exposure has all users of an audience. */
const covers = ({ audiences }: Exposure, audience: Audience): boolean =>
  audiences.some(
    (each) =>
      isEveryone(each, audience.weight) ||
      (each.weight >= audience.weight && who(each) === who(audience)),
  );

const isEveryone = (audience: Audience, weight: number): boolean =>
  !isTargeted(audience) && audience.weight >= weight;

const who = ({ segments, regions, tiers }: Audience): string =>
  JSON.stringify([segments, regions, tiers]);
