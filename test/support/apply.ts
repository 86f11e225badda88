import type { FieldChange } from '../../src/decide/transition.ts';
import type { Rollout, Status } from '../../src/model/rollout.ts';
import { parseInstant } from '../../src/time.ts';

/** A rollout as its file says after some changes: a short stand-in for writing and reading it. */
export function apply(rollout: Rollout, changes: readonly FieldChange[]): Rollout {
  let after = rollout;
  for (const { path, value } of changes) after = applyOne(after, path, value);
  return after;
}

function applyOne(rollout: Rollout, [top, key]: readonly string[], value: unknown): Rollout {
  if (top === 'kill') return { ...rollout, kill: value === true };
  if (top === 'treatment' || top === 'control') return { ...rollout, [top]: value };
  if (top === 'fallback') return { ...rollout, fallback: rollout.control };
  if (top !== 'status') throw new Error(`nobody may change ${top}`);
  const file = key === undefined ? { ...(value as object) } : { ...rollout.status, [key]: value };
  return { ...rollout, status: readStatus(file) };
}

function readStatus({ since, started, ...file }: Record<string, unknown>): Status {
  const instant = (value: unknown) => (typeof value === 'string' ? parseInstant(value) : value);
  const status = { since: instant(since), started: instant(started), ...file };
  const defaults = { serving: 'treatment', approvals: [], baseline: {} };
  const given = Object.entries(status).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(given) } as unknown as Status;
}
