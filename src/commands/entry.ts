import type { Forge, Touch } from '../forge/forge.ts';
import type { Rollout } from '../rollout/model.ts';
import { type Instant, MINUTE } from '../time.ts';
import { YamlError } from '../yaml/error.ts';
import { isMapping, type Json, sameJson } from '../yaml/json.ts';
import { parseYaml } from '../yaml/parse.ts';

/** Commits to look at for one that changed more than approvals. */
export const DEPTH = 10;

/** The commit of a bump is made after the moment it writes down, by no more than this. */
const COMMIT_TAKES = MINUTE;

/** When the entry began by the file alone; 0 where the file does not say. */
export function statedStart({ status }: Rollout): Instant {
  return status.since ?? 0;
}

/**
 * When an entry really began: the later of `status.since` and the last change to the file on
 * the branch, so that an edit, a revert or an un-kill never finds its dwell already served. An
 * approval changes nothing that was measured and does not count.
 */
export async function entryStart(
  forge: Pick<Forge, 'readAt' | 'parent'>,
  rollout: Rollout,
  touches: readonly Touch[],
): Promise<Instant> {
  return Math.max(statedStart(rollout), await lastChange(forge, rollout, touches));
}

async function lastChange(
  forge: Pick<Forge, 'readAt' | 'parent'>,
  rollout: Rollout,
  touches: readonly Touch[],
): Promise<Instant> {
  for (const touch of touches) {
    // What is older than the entry says nothing new; the bump itself is as old as the entry.
    if (touch.at <= statedStart(rollout) + COMMIT_TAKES) return statedStart(rollout);
    if (!(await onlyApproves(forge, rollout.file, touch))) return touch.at;
  }
  return touches.at(-1)?.at ?? 0;
}

/** By content, not by message: anybody who may word a commit could claim to have only approved. */
async function onlyApproves(
  forge: Pick<Forge, 'readAt' | 'parent'>,
  path: string,
  touch: Touch,
): Promise<boolean> {
  const parent = await forge.parent(touch.oid);
  if (parent === undefined) return false;
  const before = await forge.readAt(parent, path);
  const after = await forge.readAt(touch.oid, path);
  if (before === undefined || after === undefined) return false;
  try {
    return sameJson(
      withoutApprovals(parseYaml(before).value),
      withoutApprovals(parseYaml(after).value),
    );
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
