import type { Check } from '../../model/check.ts';
import { isRelative } from '../../model/limits.ts';
import type { Rollout } from '../../model/rollout.ts';
import type { BaselineLevel } from '../../model/verdict.ts';
import type { ArmTotal } from '../counts/series.ts';
import { isCohort } from '../samples.ts';
import type { Reference } from './edges.ts';

/** Against control while both arms are there and comparable; otherwise the history, or what was pinned. */
export function referenceOf(
  { check, comparable }: { readonly check: Check; readonly comparable: boolean },
  rollout: Rollout,
  control: ArmTotal | undefined,
  history: number | undefined,
): Reference | undefined {
  if (!isRelative(check.limits) && !isRelative(check.warn)) return undefined;
  const chosen = check.baseline;
  if (chosen.kind === 'value') {
    return { kind: 'level', level: { from: 'value', value: chosen.value } };
  }
  if (chosen.kind === 'control' && comparable && control !== undefined) return { kind: 'control' };
  if (chosen.kind !== 'control' && history !== undefined) {
    return { kind: 'level', level: { from: chosen.kind, value: history } };
  }
  // Of everyone: users picked by a list are not like them.
  const pinned = isCohort(rollout) ? undefined : rollout.status.baseline[check.metric.name];
  return pinned === undefined
    ? undefined
    : { kind: 'level', level: { from: 'pinned', value: pinned } };
}

/** The same as the level that it is. */
export function baselineOf(
  reference: Reference | undefined,
  control: ArmTotal | undefined,
): BaselineLevel | undefined {
  if (reference?.kind === 'level') return reference.level;
  return reference && control ? { from: 'control', value: control.value } : undefined;
}
