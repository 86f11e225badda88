import { advanceOutOfHours, notifyNotSent } from '../files/config/rules.ts';
import type { RuleId } from '../model/config.ts';
import type { Rule } from './rule.ts';
import { aggregatedCounter } from './rules/aggregated-counter.ts';
import { alreadyExpired } from './rules/already-expired.ts';
import { datesChangedByHand } from './rules/dates-changed-by-hand.ts';
import { endOnCompleted } from './rules/end-on-completed.ts';
import { endpointInUrl } from './rules/endpoint-in-url.ts';
import { experimentNotRandomised } from './rules/experiment-not-randomised.ts';
import { exposureChangedByHand } from './rules/exposure-changed-by-hand.ts';
import { fallbackIsControl } from './rules/fallback-is-control.ts';
import { implausibleLimit } from './rules/implausible-limit.ts';
import { insecureUrl } from './rules/insecure-url.ts';
import { jumpToFull } from './rules/jump-to-full.ts';
import { ladderInFractions } from './rules/ladder-in-fractions.ts';
import { liveRolloutDeleted } from './rules/live-rollout-deleted.ts';
import { missingBusinessMetric } from './rules/missing-business-metric.ts';
import { missingExperienceMetric } from './rules/missing-experience-metric.ts';
import { missingTechnicalMetric } from './rules/missing-technical-metric.ts';
import { newCredentialHost } from './rules/new-credential-host.ts';
import { noBaseline } from './rules/no-baseline.ts';
import { noCanary } from './rules/no-canary.ts';
import { noChecks } from './rules/no-checks.ts';
import { noRollbackCheck } from './rules/no-rollback-check.ts';
import { notACounter } from './rules/not-a-counter.ts';
import { querySyntax } from './rules/query-syntax.ts';
import { rolloutTooShort } from './rules/rollout-too-short.ts';
import { secretInConfig } from './rules/secret-in-config.ts';
import { segmentUnsupportedByTarget } from './rules/segment-unsupported-by-target.ts';
import { shrinkingStage } from './rules/shrinking-stage.ts';
import { stageTooShort } from './rules/stage-too-short.ts';
import { startOutsideWindow } from './rules/start-outside-window.ts';
import { statusWrittenByHand } from './rules/status-written-by-hand.ts';
import { targetAttributesChanged } from './rules/target-attributes-changed.ts';
import { targetKeyChanged } from './rules/target-key-changed.ts';
import { targetRemoved } from './rules/target-removed.ts';
import { unknownSegment } from './rules/unknown-segment.ts';
import { unknownStage } from './rules/unknown-stage.ts';
import { unquotedPlaceholder } from './rules/unquoted-placeholder.ts';
import { usersRebucketed } from './rules/users-rebucketed.ts';
import { variantNotInQuery } from './rules/variant-not-in-query.ts';
import { variantsChanged } from './rules/variants-changed.ts';
import { variantsUnsupportedByTarget } from './rules/variants-unsupported-by-target.ts';

/**
 * Every rule of the review, in the order in which a reader is told. A new one is a file in `rules/`
 * and a line here, and its id in `policy.rules` of schema/config.schema.json (then `npm run
 * generate`): the compiler asks for each of them.
 */
export const RULES = {
  'jump-to-full': jumpToFull,
  'no-canary': noCanary,
  'stage-too-short': stageTooShort,
  'rollout-too-short': rolloutTooShort,
  'shrinking-stage': shrinkingStage,
  'no-checks': noChecks,
  'no-rollback-check': noRollbackCheck,
  'missing-technical-metric': missingTechnicalMetric,
  'missing-business-metric': missingBusinessMetric,
  'missing-experience-metric': missingExperienceMetric,
  'no-baseline': noBaseline,
  'experiment-not-randomised': experimentNotRandomised,
  'start-outside-window': startOutsideWindow,
  'unknown-stage': unknownStage,
  'unknown-segment': unknownSegment,
  'segment-unsupported-by-target': segmentUnsupportedByTarget,
  'variants-unsupported-by-target': variantsUnsupportedByTarget,
  'end-on-completed': endOnCompleted,
  'fallback-is-control': fallbackIsControl,
  'already-expired': alreadyExpired,
  'status-written-by-hand': statusWrittenByHand,
  'variants-changed': variantsChanged,
  'users-rebucketed': usersRebucketed,
  'exposure-changed-by-hand': exposureChangedByHand,
  'dates-changed-by-hand': datesChangedByHand,
  'live-rollout-deleted': liveRolloutDeleted,
  'target-removed': targetRemoved,
  'target-attributes-changed': targetAttributesChanged,
  'target-key-changed': targetKeyChanged,
  'new-credential-host': newCredentialHost,
  'not-a-counter': notACounter,
  'aggregated-counter': aggregatedCounter,
  'query-syntax': querySyntax,
  'unquoted-placeholder': unquotedPlaceholder,
  'variant-not-in-query': variantNotInQuery,
  'implausible-limit': implausibleLimit,
  'ladder-in-fractions': ladderInFractions,
  'endpoint-in-url': endpointInUrl,
  'insecure-url': insecureUrl,
  'secret-in-config': secretInConfig,
  'advance-out-of-hours': advanceOutOfHours,
  'notify-not-sent': notifyNotSent,
} as const satisfies { readonly [Id in RuleId]: Rule & { readonly id: Id } };

/** The same as a list. */
export const ALL_RULES: readonly Rule[] = Object.values(RULES);
