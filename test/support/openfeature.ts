import type { FlagdCore } from '@openfeature/flagd-core';
import type { EvaluationContext, JsonValue, Provider } from '@openfeature/server-sdk';

/** Flagd's evaluator as a provider of the SDK, as services in their own process have it. */
export function providerOver(core: FlagdCore): Provider {
  return {
    metadata: { name: 'flagd, in this process' },
    resolveBooleanEvaluation: async (flag, fallback, context) =>
      core.resolveBooleanEvaluation(flag, fallback, context),
    resolveStringEvaluation: async (flag, fallback, context) =>
      core.resolveStringEvaluation(flag, fallback, context),
    resolveNumberEvaluation: async (flag, fallback, context) =>
      core.resolveNumberEvaluation(flag, fallback, context),
    resolveObjectEvaluation: async <T extends JsonValue>(
      flag: string,
      fallback: T,
      context: EvaluationContext,
    ) => {
      const { value, ...rest } = core.resolveObjectEvaluation(flag, fallback, context);
      return { ...rest, value: value as T };
    },
  };
}
