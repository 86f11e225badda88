import type { Check } from '../../model/check.ts';
import { isRelative } from '../../model/limits.ts';
import type { Rollout } from '../../model/rollout.ts';
import type {
  BaselineLevel,
  Evidence,
  InsufficientReason,
  LimitCheck,
  Tested,
  Verdict,
} from '../../model/verdict.ts';
import type { Instant } from '../../time.ts';
import type { ArmTotal } from '../counts/series.ts';
import { isCohort } from '../samples.ts';
import type { Reference } from './edges.ts';
import { farOver, holdAgainst } from './limits.ts';
import { versus } from './versus.ts';

/** One limit that was tested, and what the test says. */
export interface Tried {
  readonly tested: Tested;
  /** The breach: when it was first proven, and since when the evidence counted. */
  readonly breach?: { readonly at: Instant; readonly since: Instant };
  /** Of several breaches the heaviest is told. */
  readonly weight: number;
  /** Both arms since the evidence counted. */
  readonly recent: { readonly treatment: ArmTotal; readonly control?: ArmTotal };
}

/** All that a verdict of tests rests on. */
export interface Case {
  readonly check: Check;
  readonly rollout: Rollout;
  readonly evidence: Evidence;
  readonly reference?: Reference;
  readonly baseline?: BaselineLevel;
  /** The treatment over the entry. */
  readonly total: ArmTotal;
  readonly tried: readonly Tried[];
  /** Why there is too little for a pass, where there is. */
  readonly lacks?: InsufficientReason;
  readonly now: Instant;
}

/** The verdict that follows from a check's tests: a breach, a warning, too little, or a pass. */
export function conclude(facts: Case): Verdict {
  const { check, rollout, evidence, reference, baseline, total, tried, lacks, now } = facts;
  const tested = tried.map((each) => each.tested);
  const insufficient = (reason: InsufficientReason, more: Partial<Evidence>): Verdict => ({
    kind: 'insufficient',
    reason,
    check,
    evidence: { ...evidence, ...more },
  });

  for (const level of ['breach', 'warn'] as const) {
    const [worst] = tried
      .filter((each) => each.tested.level === level && each.breach !== undefined)
      .toSorted((a, b) => b.weight - a.weight);
    const { breach } = worst ?? {};
    if (worst === undefined || breach === undefined) continue;
    const lasting = { needed: check.for, seen: now - breach.at };
    // What is told is what the evidence counted, not diluted by the healthy days before.
    const { treatment: recent, control: beside } = worst.recent;
    const against = reference?.kind === 'control' ? beside?.value : baseline?.value;
    const told = {
      value: recent.value,
      samples: recent.samples,
      ...(beside === undefined ? {} : { control: beside.value, controlSamples: beside.samples }),
      ...(baseline === undefined || against === undefined
        ? {}
        : { baseline: { ...baseline, value: against } }),
      limits: heldAgainst(facts, recent.value, against, worst),
      tested,
      ...(check.for > 0 ? { lasting } : {}),
    };
    if (lasting.seen < check.for) return insufficient('over-limit-briefly', told);
    const over = told.limits.filter((limit) => limit.level === level && limit.over);
    return {
      kind: level,
      check,
      evidence: { ...evidence, ...told },
      versusControl: versus(over, recent.value, beside?.value),
      far: over.some((limit) => farOver(limit, recent.value)),
    };
  }

  const full = {
    value: total.value,
    limits: heldAgainst(facts, total.value, baseline?.value),
    tested,
  };
  if (lacks !== undefined) return insufficient(lacks, full);
  if (reference === undefined && (isRelative(check.limits) || isRelative(check.warn))) {
    return insufficient(isCohort(rollout) ? 'no-control' : 'no-baseline', full);
  }
  const proven = tested
    .filter((each) => each.level === 'breach')
    .every(({ says }) => says === 'inside');
  if (check.proof && !proven) return insufficient('unproven', full);
  return { kind: 'pass', proven, check, evidence: { ...evidence, ...full } };
}

/** The limits as numbers; the one that a test found broken is, whatever this moment's number is. */
function heldAgainst(
  { check }: Pick<Case, 'check'>,
  value: number,
  baseline: number | undefined,
  broken?: Tried,
): readonly LimitCheck[] {
  return [
    ...holdAgainst(value, check.limits, 'breach', baseline),
    ...holdAgainst(value, check.warn, 'warn', baseline),
  ].map((limit) =>
    limit.name === broken?.tested.name && limit.level === broken.tested.level
      ? { ...limit, over: true }
      : limit,
  );
}
