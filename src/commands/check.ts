import { planInspection, readInspection, trafficFor } from '../judge/inspect.ts';
import type { Rollout } from '../model/rollout.ts';
import { askAll } from '../providers/ask.ts';
import type { Context } from '../repository/context.ts';
import { problemsOf, readWorld, rolloutsOf } from '../repository/world.ts';
import type { CheckReport } from '../tell/views/check.ts';
import { assessAll } from '../tick/assess.ts';
import { asKnownTo, openProviders, providerOf } from '../tick/measure.ts';

/**
 * Asks every query of some rollouts now, of pending ones too: what each provider has of the last day,
 * and what a tick would make of it. Writes nothing.
 *
 * @param pick the rollouts to check, of all that there are
 */
export async function check(
  context: Context,
  pick: (all: readonly Rollout[]) => readonly Rollout[],
): Promise<CheckReport> {
  const world = await readWorld(context);
  const wanted = pick(rolloutsOf(world));
  const providers = await openProviders(context, world.config, world.head.oid);
  const planned = wanted.map((rollout) => ({
    rollout,
    checks: rollout.checks.map((each) => {
      const provider = providerOf(each.metric.provider, providers);
      const when = { rollout, now: context.now, entryStart: context.now, settle: 0 };
      return {
        check: each,
        provider,
        plans: planInspection(each, { ...when, ...asKnownTo(provider) }),
      };
    }),
  }));
  const answers = await askAll(
    planned.flatMap(({ checks }) =>
      checks.flatMap(({ provider, plans }) =>
        plans.map(({ question }) => ({ provider, question })),
      ),
    ),
    context.onProgress ? { onProgress: context.onProgress } : {},
  );
  const { assessments } = await assessAll(world, context);
  const verdicts = new Map(assessments.map((each) => [each.rollout.key, each.verdicts]));
  return {
    now: context.now,
    head: world.head,
    problems: problemsOf(world),
    rollouts: planned.map(({ rollout, checks }) => ({
      rollout,
      checks: checks.map(({ check: each, provider, plans }) => {
        const arms = plans.map((plan) =>
          readInspection(plan, (question) => answers.of({ provider, question })),
        );
        const verdict = verdicts
          .get(rollout.key)
          ?.find((one) => one.check.metric.name === each.metric.name);
        return { check: each, arms, verdict, traffic: trafficFor(each, { rollout }, arms) };
      }),
    })),
  };
}
