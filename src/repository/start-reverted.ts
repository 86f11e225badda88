import { readRolloutFile } from '../files/read.ts';
import type { Forge, Touch } from '../forge/forge.ts';
import type { Config } from '../model/config.ts';
import type { Rollout, Status } from '../model/rollout.ts';
import { DEPTH } from './entry-start.ts';

/** A rollout that may start, with the commits that touched its file, newest first. */
export interface Starting {
  readonly rollout: Rollout;
  readonly touches: readonly Touch[];
}

/**
 * Which of some rollouts had started before, until somebody took that back: by `git revert` of the
 * start, or by hand. A restart is none of that, for it begins another entry. Looks at all files at
 * once, a commit back at a time; most have but the commit that made them, and need no look.
 *
 * @returns `undefined` where history ends before it says
 */
export async function startsReverted(
  forge: Pick<Forge, 'edits'>,
  starting: readonly Starting[],
  config: Config,
): Promise<readonly (boolean | undefined)[]> {
  const found: (boolean | undefined)[] = starting.map(() => false);
  let open = starting.map((each, index) => ({ ...each, index, young: each.rollout.status }));
  for (let back = 0; open.length > 0; back += 1) {
    const asked = open.flatMap((each) => {
      const touch = each.touches[back];
      if (touch?.cut) found[each.index] = undefined;
      // Before the first commit of a file there was none.
      const first = back === each.touches.length - 1 && each.touches.length < DEPTH;
      return touch === undefined || touch.cut || first ? [] : [{ ...each, touch }];
    });
    if (asked.length === 0) break;
    const edits = await forge.edits(
      asked.map(({ rollout, touch }) => ({ oid: touch.oid, path: rollout.file })),
    );
    open = asked.flatMap((each, i) => {
      const text = edits[i]?.before;
      if (text === undefined) return [];
      const source = readRolloutFile(each.rollout.file, text, config);
      if (source.kind === 'invalid') return [each];
      const before = source.rollout.status;
      if (before.entry < each.young.entry) return [];
      if (before.stage === undefined) return isOff(before) ? [] : [{ ...each, young: before }];
      found[each.index] = true;
      return [];
    });
  }
  return found;
}

/** It went back to nobody, and what somebody made of that by hand is theirs. */
const isOff = ({ phase }: Status): boolean => phase === 'rolled-back';
