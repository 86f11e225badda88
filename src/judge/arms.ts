import type { Check } from '../model/check.ts';
import { tellsVariantsApart } from '../model/metric-queries.ts';
import { currentStage, kindOf, type Rollout } from '../model/rollout.ts';
import { resolve } from '../model/template.ts';
import { type Duration, formatDuration, type Instant } from '../time.ts';

/** What planning rests on besides the check. */
export interface PlanContext {
  readonly rollout: Rollout;
  readonly now: Instant;
  /** When the entry began; its evidence counts from `settle` later. */
  readonly entryStart: Instant;
  readonly settle: Duration;
  /** How often the provider samples what it measures; twice a minute where nobody said. */
  readonly sampledEvery?: Duration;
  /** How late the provider has what happened; not at all where nobody said. */
  readonly delay?: Duration;
  /** Writes a value into a query; the provider's. */
  readonly escapeValue: (value: string) => string;
}

export interface Arms {
  /** The metric tells the arms apart. */
  readonly told: boolean;
  /** Some users still have the control. */
  readonly control: boolean;
  readonly comparable: boolean;
}

/** Which arms report, and whether they may be compared: a cohort is not like everyone else. */
export function armsOf(rollout: Rollout, check: Check): Arms {
  const at = currentStage(rollout);
  const kind = at ? kindOf(at.stage) : 'everyone';
  const perVariant = tellsVariantsApart(check.metric);
  return {
    told: perVariant,
    control: perVariant && kind !== 'everyone',
    comparable: perVariant && (kind === 'randomised' || kind === 'shadow'),
  };
}

/** What the exposed users get, and everyone else. */
export function variantsOf(rollout: Rollout): {
  readonly treatment: string;
  readonly control: string;
} {
  return {
    treatment: rollout.status.serving === 'fallback' ? rollout.fallback : rollout.treatment,
    control: rollout.control,
  };
}

/** A metric's template as a query about one variant. */
export function fill(
  template: string,
  { rollout, escapeValue }: PlanContext,
  variant: string,
  window: Duration = 0,
): string {
  const labels = Object.entries(rollout.labels).map(([key, value]) => [`labels.${key}`, value]);
  const resolved = resolve(
    template,
    {
      flag: rollout.flag,
      environment: rollout.environment,
      variant,
      stage: rollout.status.stage ?? '',
      window: formatDuration(window),
      ...Object.fromEntries(labels),
    },
    escapeValue,
  );
  // Reading the files has refused unknown placeholders; one that slipped through is for the provider to refuse.
  return resolved.kind === 'resolved' ? resolved.expression : template;
}
