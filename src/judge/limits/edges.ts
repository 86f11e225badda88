import { defined } from '../../defined.ts';
import type { Change, Limits } from '../../model/check.ts';
import type { BaselineLevel, LimitCheck, LimitName } from '../../model/verdict.ts';
import type { Edge } from '../sequential/spec.ts';
import { holdAgainst } from './limits.ts';

/** One limit of a check as a test asks about it. */
export interface Asked {
  readonly name: LimitName;
  readonly level: LimitCheck['level'];
  readonly edge: Edge;
}

/** What relative limits are relative to: the control arm beside the treatment, or a level. */
export type Reference =
  | { readonly kind: 'control' }
  | { readonly kind: 'level'; readonly level: BaselineLevel };

/** The limits of one level as questions to a test; relative ones are left out where there is nothing to be relative to. */
export function edgesOf(
  limits: Limits,
  level: LimitCheck['level'],
  reference: Reference | undefined,
): readonly Asked[] {
  if (reference?.kind === 'control') {
    const absolute = edgesOf(
      {
        ...defined({ max: limits.max, min: limits.min }),
      },
      level,
      undefined,
    );
    return [...absolute, ...againstControl(limits, level)];
  }
  const baseline = reference?.level.value;
  return holdAgainst(0, limits, level, baseline).map(({ name, threshold }) => ({
    name,
    level,
    edge: { side: sideOf(name), against: 'level', level: threshold },
  }));
}

function againstControl(limits: Limits, level: LimitCheck['level']): readonly Asked[] {
  const asked: Asked[] = [];
  const { maxIncrease, maxDecrease, maxRatio } = limits;
  if (maxIncrease) {
    asked.push({
      name: 'max_increase',
      level,
      edge: { side: 'upper', ...distance(maxIncrease, 1) },
    });
  }
  if (maxDecrease) {
    asked.push({
      name: 'max_decrease',
      level,
      edge: { side: 'lower', ...distance(maxDecrease, -1) },
    });
  }
  if (maxRatio !== undefined) {
    asked.push({
      name: 'max_ratio',
      level,
      edge: { side: 'upper', against: 'ratio', ratio: maxRatio },
    });
  }
  return asked;
}

const distance = ({ kind, by }: Change, sign: 1 | -1) =>
  kind === 'relative'
    ? ({ against: 'ratio', ratio: 1 + sign * by } as const)
    : ({ against: 'shift', by: sign * by } as const);

const sideOf = (name: LimitName): Edge['side'] =>
  name === 'min' || name === 'max_decrease' ? 'lower' : 'upper';
