import { type Basis, judgeBasis, type Measured, withoutUnused } from '../judge/basis.ts';
import type { Decision } from '../model/decision.ts';
import { withoutPinned } from '../model/doubts.ts';
import type { Rollout } from '../model/rollout.ts';
import type { Verdict } from '../model/verdict.ts';
import { VERSION } from '../version.ts';
import type { Assessment, Known } from './assessment.ts';
import { decide } from './decide.ts';

/**
 * All that a decision rests on: the rollout as its file said, what was known of it, and what providers
 * answered. Whoever has it can judge and decide again, years later and without the providers.
 */
export interface EvidenceRecord {
  /** The version of Sluice that decided. */
  readonly sluice: string;
  readonly rollout: Rollout;
  readonly decision: Decision;
  /** What was known besides the verdicts. */
  readonly known: Omit<Known, keyof Measured>;
  readonly verdicts: readonly Verdict[];
  readonly basis: Basis;
}

/** The record of an assessment; `undefined` if nothing was measured. */
export function recordOf({
  rollout,
  decision,
  verdicts,
  basis,
  split: _split,
  trial: _trial,
  ...known
}: Assessment): EvidenceRecord | undefined {
  if (basis === undefined) return undefined;
  const used = { ...basis, checks: basis.checks.map(withoutUnused) };
  return { sluice: VERSION, rollout, decision, known, verdicts, basis: used };
}

/** What a record comes to when it is judged and decided again by this version of Sluice. */
export interface Recomputed extends Measured {
  readonly decision: Decision;
  /** The metrics whose answers are not in the record: their verdicts are taken from it. */
  readonly notJudged: readonly string[];
}

/**
 * Judges and decides again.
 *
 * @throws RecordError if a plan or an answer is not one that this version knows
 */
export function recompute({ rollout, known, verdicts, basis }: EvidenceRecord): Recomputed {
  const judged = new Set(basis.checks.map(({ plan }) => plan.check.metric.name));
  try {
    const { verdicts: again, ...others } = judgeBasis(withoutPinned(rollout, known.doubts), basis);
    const byMetric = new Map(again.map((each) => [each.check.metric.name, each]));
    const measured = {
      ...others,
      verdicts: verdicts.map((each) => byMetric.get(each.check.metric.name) ?? each),
    };
    const decision = decide(rollout, { ...known, ...measured });
    const names = verdicts.map(({ check }) => check.metric.name);
    return { ...measured, decision, notJudged: names.filter((name) => !judged.has(name)) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new RecordError(`it cannot be judged again (${error.message})`);
  }
}

/** A record that cannot be read or judged. The message follows the name of its file. */
export class RecordError extends Error {
  override readonly name = 'RecordError';
  readonly code = 'bad-record';
}
