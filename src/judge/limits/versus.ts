import type { LimitCheck, VersusControl } from '../../model/verdict.ts';
import { sharedWithControl, worseThanControl } from './limits.ts';

/** How the treatment stands against control in all the limits that it broke. */
export function versus(
  over: readonly LimitCheck[],
  value: number,
  control: number | undefined,
): VersusControl {
  if (control === undefined) return 'unknown';
  if (over.every((limit) => sharedWithControl(limit, value, control))) return 'shared';
  return over.some((limit) => worseThanControl(limit, value, control)) ? 'worse' : 'unknown';
}
