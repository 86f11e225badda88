import type { Rollout } from '../model/rollout.ts';
import type { InsufficientReason } from '../model/verdict.ts';
import type { Instant } from '../time.ts';
import { expectedOf, servesTreatmentByChance } from './samples.ts';
import { EXPECTED_SAMPLES, type HearsArms, hearing, type Reports } from './silence.ts';

/** Both arms of a check, as far as they are there. */
export interface ArmsHeard {
  readonly treatment: Reports;
  readonly control?: Reports | undefined;
  /** The verdict rests on control as well. */
  readonly needsControl: boolean;
  /** How many samples the treatment should have for each of control's; by the stage's percentage if absent. */
  readonly share?: number;
}

/**
 * Why arms that stopped reporting, or never began, leave nothing to pass on; `undefined` where every arm
 * that the verdict rests on reports.
 *
 * Only a treatment that is silent while control goes on, where users are given their variant by chance,
 * is a treatment that does not work. Whatever else is silent is monitoring, or traffic that is not there.
 */
export function unheard(
  rollout: Rollout,
  { treatment, control, needsControl, share = expectedOf(rollout, 1) }: ArmsHeard,
  hears: HearsArms & { readonly now: Instant },
): Extract<InsufficientReason, 'silent-treatment' | 'silent-control' | 'no-data'> | undefined {
  const byChance = control !== undefined && servesTreatmentByChance(rollout);
  const besideOurs = byChance ? { reports: control, share } : undefined;
  const ours = hearing(treatment, besideOurs, hears);
  if (ours !== 'reports') {
    const quiet = hears.now - (treatment.last ?? treatment.start);
    const goesOn = byChance && share * control.inLast(quiet) >= EXPECTED_SAMPLES;
    return ours === 'silent' && goesOn ? 'silent-treatment' : 'no-data';
  }
  if (!needsControl || control === undefined) return undefined;
  const besideTheirs = byChance ? { reports: treatment, share: 1 / share } : undefined;
  return hearing(control, besideTheirs, hears) === 'reports' ? undefined : 'silent-control';
}
