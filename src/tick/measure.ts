import { defined } from '../defined.ts';
import type { Forge } from '../forge/forge.ts';
import {
  type Basis,
  type CheckBasis,
  checkQuestions,
  judgeBasis,
  type Measured,
  splitQuestions,
  zeroQuestion,
} from '../judge/basis.ts';
import { planDrift } from '../judge/drift.ts';
import { budgetOf } from '../judge/limits/budget.ts';
import { planLook, readLook, type Unmeasured } from '../judge/look.ts';
import { planCheck } from '../judge/plan.ts';
import { planSplit, type SplitPlan } from '../judge/split.ts';
import { planTrial, type TrialQuestion, trialQuestions } from '../judge/trials/plan.ts';
import type { Config } from '../model/config.ts';
import type { Oid } from '../model/head.ts';
import type { Answer, MetricsProvider, Question } from '../model/measurement.ts';
import type { Rollout } from '../model/rollout.ts';
import { askAll, type MetricRequest } from '../providers/ask.ts';
import type { Context } from '../repository/context.ts';
import { lookedAtFrom } from '../repository/entry-start.ts';
import type { Instant } from '../time.ts';

/** A rollout with the moment its entry began. */
export interface DatedRollout {
  readonly rollout: Rollout;
  readonly start: Instant;
}

/** What was measured of one rollout, and what it rests on. */
export interface MeasuredFrom extends Measured {
  readonly basis: Basis;
}

/** What was measured of some rollouts, by their keys. */
export type Verdicts = ReadonlyMap<string, MeasuredFrom>;

export type Providers = ReadonlyMap<string, MetricsProvider>;

/** Opens the providers that the checks of some rollouts ask. */
export async function openProviders(
  context: Pick<Context, 'openProvider'> & { readonly forge: Forge },
  config: Config,
  oid: Oid,
): Promise<Providers> {
  const readFile = (path: string) => context.forge.readAt(oid, path);
  const opened = await Promise.all(
    Object.entries(config.providers).map(
      async ([name, provider]) =>
        [name, await context.openProvider(name, provider, readFile)] as const,
    ),
  );
  return new Map(opened);
}

/** Measures and judges: plans what to ask, asks each question once, judges each check. */
export async function measure(
  entries: readonly DatedRollout[],
  providers: Providers,
  config: Config,
  context: Pick<Context, 'now' | 'onProgress'>,
): Promise<Verdicts> {
  const planned = entries.map((entry) => ({
    entry,
    plans: entry.rollout.checks.map((check) => {
      const provider = providerOf(check.metric.provider, providers);
      const planContext = {
        rollout: entry.rollout,
        now: context.now,
        entryStart: lookedAtFrom(entry.start, context.now),
        settle: config.settle,
        ...asKnownTo(provider),
      };
      const plan = planCheck(check, planContext);
      return { plan, provider, drift: planDrift(check, planContext) };
    }),
    split: splitOf(entry, providers, config, context),
    trial: planTrial({
      rollout: entry.rollout,
      now: context.now,
      entryStart: entry.start,
      settle: config.settle,
      escapeFor: ({ provider }) => providerOf(provider, providers).escape,
    }),
  }));
  const asked = <Q extends Question>({ metric, question }: TrialQuestion<Q>): MetricRequest<Q> => ({
    provider: providerOf(metric.provider, providers),
    question,
  });
  const requests = planned.flatMap(({ plans, split, trial }) => [
    ...plans.flatMap(({ plan, provider, drift }) =>
      checkQuestions({ plan, drift }).map((question): MetricRequest => ({ provider, question })),
    ),
    ...(split
      ? splitQuestions(split).map((question) => ({ provider: split.provider, question }))
      : []),
    ...(trial ? trialQuestions(trial).map(asked) : []),
  ]);
  const answers = await askAll(
    requests,
    context.onProgress ? { onProgress: context.onProgress } : {},
  );
  const bases = planned.map(({ entry: { rollout }, plans, split, trial }) => ({
    rollout,
    plans,
    basis: {
      checks: plans.map(({ plan, provider, drift }) => ({
        plan,
        drift,
        budget: budgetOf(rollout, plan.check, config.policy.confidence),
        answers: checkQuestions({ plan, drift }).map((question) =>
          answers.of({ provider, question }),
        ),
      })),
      split: split && {
        plan: split.plan,
        answers: splitQuestions(split).map((question) =>
          answers.of({ provider: split.provider, question }),
        ),
      },
      trial: trial && {
        plan: trial,
        answers: trialQuestions(trial).map((question) => answers.of(asked(question))),
      },
    },
  }));
  const zeros = await askAboutZeros(bases);
  return new Map(
    bases.map(({ rollout, basis: before }) => {
      const checks = before.checks.map((check) => ({ ...check, zero: zeros.get(check) }));
      const basis: Basis = { ...before, checks };
      return [rollout.key, { ...judgeBasis(rollout, basis), basis }];
    }),
  );
}

/** Asks about events that nobody has seen, for the checks that would pass on there being none. */
async function askAboutZeros(
  bases: readonly {
    readonly rollout: Rollout;
    readonly plans: readonly { readonly provider: MetricsProvider }[];
    readonly basis: Basis;
  }[],
): Promise<ReadonlyMap<CheckBasis, Answer>> {
  const asked = bases.flatMap(({ rollout, plans, basis }) =>
    basis.checks.flatMap((check, place) => {
      const provider = plans[place]?.provider;
      const question = provider && zeroQuestion(rollout, check);
      return question ? [{ check, request: { provider, question } }] : [];
    }),
  );
  if (asked.length === 0) return new Map();
  const answers = await askAll(asked.map(({ request }) => request));
  return new Map(asked.map(({ check, request }) => [check, answers.of(request)]));
}

/**
 * Looks before anyone is exposed: which required checks of these rollouts could not protect anyone, by
 * the keys of the rollouts.
 */
export async function look(
  rollouts: readonly Rollout[],
  providers: Providers,
  config: Config,
  { now }: Pick<Context, 'now'>,
): Promise<ReadonlyMap<string, readonly Unmeasured[]>> {
  const planned = rollouts.flatMap((rollout) =>
    rollout.checks
      .filter(({ required }) => required)
      .map((check) => {
        const provider = providerOf(check.metric.provider, providers);
        const when = { rollout, now, entryStart: now, settle: config.settle };
        return { rollout, provider, plan: planLook(check, { ...when, ...asKnownTo(provider) }) };
      }),
  );
  const answers = await askAll(
    planned.map(({ provider, plan: { question } }) => ({ provider, question })),
  );
  const found = new Map<string, Unmeasured[]>();
  for (const { rollout, provider, plan } of planned) {
    const unmeasured = readLook(plan, (question) => answers.of({ provider, question }));
    if (unmeasured) found.set(rollout.key, [...(found.get(rollout.key) ?? []), unmeasured]);
  }
  return found;
}

/** What to ask about the split of users, where the config says who counts them. */
function splitOf(
  { rollout, start }: DatedRollout,
  providers: Providers,
  { exposure, settle }: Config,
  { now }: Pick<Context, 'now'>,
): { readonly plan: SplitPlan; readonly provider: MetricsProvider } | undefined {
  if (exposure === undefined) return undefined;
  const provider = providerOf(exposure.provider, providers);
  const when = {
    rollout,
    now,
    entryStart: start,
    settle,
    ...asKnownTo(provider),
  };
  return { plan: planSplit(exposure, when), provider };
}

/** What only a provider knows of the questions that it will be asked. */
export const asKnownTo = (provider: MetricsProvider) => ({
  ...defined({ sampledEvery: provider.sampledEvery, delay: provider.delay }),
  escapeValue: provider.escape,
});

export function providerOf(name: string, providers: Providers): MetricsProvider {
  const provider = providers.get(name);
  // Reading the config has refused metrics whose provider does not exist.
  if (!provider) throw new Error(`provider ${name} was not opened`);
  return provider;
}
