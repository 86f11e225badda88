import { isDeepStrictEqual } from 'node:util';
import { CLOCK_SLACK } from '../decide/progress.ts';
import { readRolloutFile } from '../files/read.ts';
import type { FileBeforeAfter, Forge, Touch } from '../forge/forge.ts';
import { migrationBetween } from '../migrate/migrate.ts';
import type { Step } from '../migrate/step.ts';
import { STEPS } from '../migrate/steps.ts';
import type { Config } from '../model/config.ts';
import { exposureOf } from '../model/exposure.ts';
import { isMapping, type Json, sameJson } from '../model/json.ts';
import type { Rollout } from '../model/rollout.ts';
import { DAY, type Duration, type Instant, MINUTE } from '../time.ts';
import { YamlError } from '../yaml/error.ts';
import { parseYaml } from '../yaml/parse.ts';

/** Commits to look at for one that changed something that counts. */
export const DEPTH = 10;

/** The commit of a bump is made after the moment it writes down, by no more than this. */
const COMMIT_TAKES = MINUTE;

/** When the entry began by the file alone; 0 where the file does not say. */
export function statedStart({ status }: Rollout): Instant {
  return status.since ?? 0;
}

/** How far back checks look where nobody can say when the entry began. */
const UNDATED: Duration = DAY;

/**
 * From when on checks look at an entry. One that is to begin long after now has a wrong date, and one
 * without a date might have begun at any time: neither keeps what harms users now from being seen. It
 * goes no further up by that, for a flag without a date it believes in does not advance.
 */
export function lookedAtFrom(start: Instant, now: Instant): Instant {
  return start === 0 || start > now + CLOCK_SLACK ? now - UNDATED : start;
}

/**
 * Which changes to a file restart the clock of its entry. A doubt is settled towards less exposure:
 * before a flag goes up almost everything counts; before it goes down only what changed what users
 * get, or else an edited description would let a breach off.
 */
export type Restarts = 'for-up' | 'for-down';

/** A rollout whose clock is asked for, with the commits that touched its file, newest first. */
export interface Dated {
  readonly rollout: Rollout;
  readonly touches: readonly Touch[];
  readonly restarts: Restarts;
}

/**
 * When some entries really began: each at the later of `status.since` and the last change to the
 * file on the branch that counts, so that an edit, a revert or an un-kill never finds its dwell
 * already served. Looks at all files at once, a commit back at a time.
 *
 * @returns `undefined` where history ends before it says
 */
export async function entryStarts(
  forge: Pick<Forge, 'edits'>,
  dated: readonly Dated[],
  by: {
    readonly config: Config;
    readonly now: Instant;
    /** What `sluice migrate` does to a file; all that there are, unless given. */
    readonly steps?: readonly Step[];
  },
): Promise<readonly (Instant | undefined)[]> {
  const { config, now, steps = STEPS } = by;
  const starts: (Instant | undefined)[] = dated.map(({ rollout }) => statedStart(rollout));
  let open = dated.map((each, index) => ({ ...each, index, times: arrivals(each.touches, now) }));
  for (let back = 0; open.length > 0; back += 1) {
    // What is no younger than the entry says nothing new; the bump itself is as old as the entry.
    const younger = open.flatMap((each) => {
      const [touch, at] = [each.touches[back], each.times[back] ?? 0];
      if (touch === undefined) {
        // Nothing that was looked at counts; what lies behind it may, and is no younger.
        if (each.restarts === 'for-up') {
          starts[each.index] = Math.max(statedStart(each.rollout), each.times[back - 1] ?? 0);
        }
        return [];
      }
      return at > statedStart(each.rollout) + COMMIT_TAKES ? [{ ...each, touch, at }] : [];
    });
    if (younger.length === 0) break;
    const edits = await forge.edits(
      younger.map(({ rollout, touch }) => ({ oid: touch.oid, path: rollout.file })),
    );
    open = younger.filter(({ index, at, touch, rollout, restarts }, i) => {
      if (!counts(edits[i], restarts, { path: rollout.file, config, steps })) return true;
      starts[index] = touch.cut ? undefined : at;
      return false;
    });
  }
  return starts;
}

/**
 * When each commit reached the branch, by what their clocks say and their order proves: none before
 * one that it came after. A date from the future is a clock gone wrong, and says nothing of others.
 */
function arrivals(touches: readonly Touch[], now: Instant): readonly Instant[] {
  const times: Instant[] = [];
  let oldest = 0;
  for (const { at } of touches.toReversed()) {
    if (at <= now) oldest = Math.max(oldest, at);
    times.unshift(at <= now ? oldest : at);
  }
  return times;
}

/** What a text of a rollout file is read by. */
interface ReadBy {
  readonly path: string;
  readonly config: Config;
  readonly steps: readonly Step[];
}

/** By content, not by message: anybody who may word a commit could claim to have only approved. */
function counts(edit: FileBeforeAfter | undefined, restarts: Restarts, by: ReadBy): boolean {
  const { before, after } = edit ?? {};
  if (before === undefined || after === undefined) return restarts === 'for-up';
  return restarts === 'for-up'
    ? !onlyApproves(before, after) && !onlyMigrates(before, after, by)
    : beginsAnew(before, after, by);
}

/**
 * A migration says the same in other words. It is one if steps make exactly this of the file, and the
 * rollout is the same by both texts. What cannot be read today may be in the words of an older format;
 * within one format it was broken, and nobody knows what users got by it.
 */
function onlyMigrates(before: string, after: string, { path, config, steps }: ReadBy): boolean {
  const migration = migrationBetween(before, after, steps);
  if (migration === undefined) return false;
  const [old, young] = [before, after].map((text) => readRolloutFile(path, text, config));
  if (young?.kind !== 'valid') return false;
  return old?.kind === 'valid' ? isDeepStrictEqual(old.rollout, young.rollout) : migration.raises;
}

/** An approval changes nothing that was measured. */
function onlyApproves(before: string, after: string): boolean {
  try {
    const [old, young] = [before, after].map((text) => withoutApprovals(parseYaml(text).value));
    return sameJson(old, young);
  } catch (error) {
    if (error instanceof YamlError) return false;
    throw error;
  }
}

function withoutApprovals(value: Json): Json {
  if (!isMapping(value)) return value;
  const { status, ...rest } = value;
  if (!isMapping(status)) return value;
  const { approvals: _, ...others } = status;
  return { ...rest, status: others };
}

/** Whether somebody is served something else since, or the flag was set going again by hand. */
function beginsAnew(before: string, after: string, { path, config }: ReadBy): boolean {
  const [old, young] = [before, after].map((text) => readRolloutFile(path, text, config));
  if (old?.kind !== 'valid' || young?.kind !== 'valid') return false;
  const was = old.rollout.status;
  const is = young.rollout.status;
  return (
    was.since !== is.since ||
    (was.phase !== 'progressing' && is.phase === 'progressing') ||
    !isDeepStrictEqual(exposureOf(old.rollout), exposureOf(young.rollout))
  );
}
