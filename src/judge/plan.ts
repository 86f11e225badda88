import type { Query } from '../metrics/provider.ts';
import { templatesOf } from '../rollout/checks.ts';
import { isRelative } from '../rollout/limits.ts';
import { type Check, currentStage, kindOf, type Rollout } from '../rollout/model.ts';
import { resolve } from '../rollout/template.ts';
import { type Duration, formatDuration, type Instant, MINUTE, SECOND } from '../time.ts';

/** The shortest window worth asking for: two scrapes of a server scraped twice a minute. */
const SHORTEST_WINDOW = MINUTE;
/** A lasting breach is looked at this many times over its length, but not more often than a scrape. */
const LOOKS = 10;
const SHORTEST_STEP = 15 * SECOND;

/** What to ask for one arm: a gauge's number, or a proportion's events and total. */
export type SeriesQuery =
  | { readonly kind: 'gauge'; readonly value: Query }
  | { readonly kind: 'proportion'; readonly events: Query; readonly total: Query };

/** Everything to ask a provider before a check can be judged. */
export type CheckPlan =
  | { readonly kind: 'settling'; readonly check: Check; readonly until: Instant }
  | {
      readonly kind: 'ask';
      readonly check: Check;
      /** What `{{window}}` became. */
      readonly window: Duration;
      /** Since the first moment that counts as evidence. */
      readonly elapsed: Duration;
      readonly step: Duration;
      readonly treatment: SeriesQuery;
      readonly control?: SeriesQuery;
      readonly baseline?: SeriesQuery;
      /** Observations since the entry began. */
      readonly samples?: Query;
      readonly controlSamples?: Query;
    };

export interface PlanContext {
  readonly rollout: Rollout;
  readonly now: Instant;
  /** When the entry began; its evidence counts from `settle` later. */
  readonly entryStart: Instant;
  readonly settle: Duration;
  /** Writes a value into a query; the provider's. */
  readonly escapeValue: (value: string) => string;
}

/**
 * Says what to ask for one check of an exposed rollout. The window shrinks while the entry is
 * young, so that no sample from before it counts and yet the first minutes are not wasted.
 */
export function planCheck(check: Check, context: PlanContext): CheckPlan {
  const { rollout, now } = context;
  const evidenceStart = context.entryStart + context.settle;
  const elapsed = now - evidenceStart;
  if (elapsed < check.for + SHORTEST_WINDOW) {
    return { kind: 'settling', check, until: evidenceStart + check.for + SHORTEST_WINDOW };
  }
  const window = wholeSeconds(Math.min(check.window, elapsed - check.for));
  const step = check.for === 0 ? 0 : lookEvery(check.for);
  const { treatment, control } = variantsOf(rollout);
  const ask = (variant: string, shift: Duration = 0): SeriesQuery =>
    seriesQuery(check, context, { variant, window, from: now - shift - check.for, step });
  const arms = armsOf(rollout, check);
  return {
    kind: 'ask',
    check,
    window,
    elapsed,
    step,
    treatment: ask(treatment),
    ...(arms.control ? { control: ask(control) } : {}),
    ...baselineQuery(check, context, ask),
    ...samplesQueries(check, context, elapsed, arms.comparable),
  };
}

/** Which arms report, and whether they may be compared: a cohort is not like everyone else. */
export function armsOf(
  rollout: Rollout,
  check: Check,
): { readonly control: boolean; readonly comparable: boolean } {
  const at = currentStage(rollout);
  const kind = at ? kindOf(at.stage) : 'everyone';
  const perVariant = templatesOf(check.metric).some((text) => /{{\s*variant\s*}}/.test(text));
  return {
    control: perVariant && kind !== 'everyone',
    comparable: perVariant && (kind === 'randomised' || kind === 'shadow'),
  };
}

function variantsOf(rollout: Rollout): { readonly treatment: string; readonly control: string } {
  return {
    treatment: rollout.status.serving === 'fallback' ? rollout.fallback : rollout.treatment,
    control: rollout.control,
  };
}

interface Look {
  readonly variant: string;
  readonly window: Duration;
  readonly from: Instant;
  readonly step: Duration;
}

function seriesQuery(check: Check, context: PlanContext, look: Look): SeriesQuery {
  const { metric } = check;
  const query = (template: string): Query => {
    const expression = fill(template, context, look.variant, look.window);
    return check.for === 0
      ? { kind: 'instant', expression, at: look.from }
      : {
          kind: 'range',
          expression,
          from: look.from,
          to: look.from + check.for,
          step: look.step,
        };
  };
  return metric.kind === 'gauge'
    ? { kind: 'gauge', value: query(metric.query) }
    : { kind: 'proportion', events: query(metric.events), total: query(metric.total) };
}

/** History is the control's: before the rollout everyone had it. */
function baselineQuery(
  check: Check,
  context: PlanContext,
  ask: (variant: string, shift: Duration) => SeriesQuery,
): { readonly baseline?: SeriesQuery } {
  const { rollout } = context;
  if (!isRelative(check.limits) && !isRelative(check.warn)) return {};
  if (check.baseline.kind === 'offset') {
    return { baseline: ask(rollout.control, check.baseline.by) };
  }
  if (check.baseline.kind === 'before-start' && rollout.status.started !== undefined) {
    const look = {
      variant: rollout.control,
      window: check.baseline.over,
      from: rollout.status.started,
      step: 0,
    };
    return { baseline: seriesQuery({ ...check, for: 0 }, context, look) };
  }
  return {};
}

function samplesQueries(
  check: Check,
  context: PlanContext,
  elapsed: Duration,
  comparable: boolean,
): { readonly samples?: Query; readonly controlSamples?: Query } {
  const { metric } = check;
  const template = metric.kind === 'gauge' ? metric.samples : metric.total;
  if (template === undefined) return {};
  const { treatment, control } = variantsOf(context.rollout);
  const count = (variant: string): Query => ({
    kind: 'instant',
    expression: fill(template, context, variant, wholeSeconds(elapsed)),
    at: context.now,
  });
  return {
    samples: count(treatment),
    ...(comparable ? { controlSamples: count(control) } : {}),
  };
}

function fill(
  template: string,
  { rollout, escapeValue }: PlanContext,
  variant: string,
  window: Duration,
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

/** A step that divides the length, so that both its ends are looked at. */
function lookEvery(length: Duration): Duration {
  const looks = Math.max(1, Math.min(LOOKS, Math.floor(length / SHORTEST_STEP)));
  return length / looks;
}

const wholeSeconds = (duration: Duration): Duration => Math.floor(duration / SECOND) * SECOND;
