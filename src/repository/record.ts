import { defined } from '../defined.ts';
import type { PinnedKey } from '../model/doubts.ts';
import type { Oid } from '../model/head.ts';
import { isMapping, type Json, sameJson } from '../model/json.ts';
import type { Approval } from '../model/rollout.ts';
import { type Trailer, word } from '../tell/commit.ts';
import type { Instant } from '../time.ts';
import { YamlError } from '../yaml/error.ts';
import { parseYaml } from '../yaml/parse.ts';

/** A `status:` as a file writes it. */
export type WrittenStatus = Readonly<Record<string, Json>>;

/** A commit that touched a rollout's file, and what it did to the status. */
export interface StatusChange {
  readonly oid: Oid;
  readonly at: Instant;
  /** What Sluice recorded in it; nothing if somebody else made it. */
  readonly trailers: readonly Trailer[];
  /** The status before and after; absent if nobody asked. */
  readonly edit?: { readonly before: WrittenStatus; readonly after: WrittenStatus };
}

/** The status in a file's text, empty if it has none; `undefined` if the file is not YAML. */
export function statusIn(text: string): WrittenStatus | undefined {
  try {
    const { value } = parseYaml(text);
    const status = isMapping(value) ? value.status : undefined;
    return isMapping(status) ? status : {};
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}

/** Whether a change may be the record of an approval. */
export function mayRecord(
  { trailers }: StatusChange,
  { by, stage }: Approval,
  key: string,
): boolean {
  return trailers.some(
    (each) => isApproval(each, key) && each.to === stage && each.by === word(by),
  );
}

const isApproval = (trailer: Trailer, key: string): boolean =>
  trailer.key === key && trailer.action === 'approve';

/** Where an approval came from, or why it does not count. */
export type Recorded =
  | { readonly kind: 'recorded'; readonly at: Instant; readonly via?: string }
  | { readonly kind: 'void'; readonly code: 'not-recorded' | 'removed' | 'comment-used' };

/**
 * The commit of Sluice's that listed an approval, if it has been listed ever since: one that was used
 * up or cleared, and comes back by hand, does not count.
 *
 * @param changes commits that touched the file, newest first
 */
export function recordOf(
  approval: Approval,
  key: string,
  changes: readonly StatusChange[],
): Recorded {
  const lists = (status: WrittenStatus | undefined): boolean => {
    const { approvals } = status ?? {};
    return Array.isArray(approvals) && approvals.some((each) => sameJson(each, { ...approval }));
  };
  const index = changes.findIndex(
    (change) =>
      mayRecord(change, approval, key) && lists(change.edit?.after) && !lists(change.edit?.before),
  );
  const found = changes[index];
  if (!found) return { kind: 'void', code: 'not-recorded' };
  const removed = changes
    .slice(0, index)
    .some(({ edit }) => lists(edit?.before) && !lists(edit?.after));
  if (removed) return { kind: 'void', code: 'removed' };
  const via = found.trailers.find(
    (each) => isApproval(each, key) && each.to === approval.stage,
  )?.via;
  // One comment approves one stage.
  const isReused = changes.some(({ trailers }) =>
    trailers.some(
      (each) => isApproval(each, key) && each.via === via && each.to !== approval.stage,
    ),
  );
  if (via !== undefined && isReused) return { kind: 'void', code: 'comment-used' };
  return { kind: 'recorded', at: found.at, ...defined({ via }) };
}

/** What writes each key: a start and a resume always write the ladder, an advance seldom pins levels. */
const WRITERS: Readonly<
  Record<PinnedKey, { readonly actions: readonly string[]; readonly always: boolean }>
> = {
  ladder: { actions: ['start', 'resume'], always: true },
  baseline: { actions: ['start', 'advance'], always: false },
};

/** Whether a change may have written a key. */
export function mayWrite({ trailers }: StatusChange, name: PinnedKey, key: string): boolean {
  return trailers.some((each) => each.key === key && WRITERS[name].actions.includes(each.action));
}

/**
 * Whether the value of a key is what Sluice wrote last.
 *
 * @param changes commits that touched the file, newest first
 */
export function isWritten(
  name: PinnedKey,
  value: Json,
  key: string,
  changes: readonly StatusChange[],
): boolean {
  const last = changes.find(({ edit, ...change }) => {
    if (!edit || !mayWrite(change, name, key)) return false;
    return WRITERS[name].always || !sameJson(edit.before[name], edit.after[name]);
  });
  return last !== undefined && sameJson(last.edit?.after[name], value);
}
