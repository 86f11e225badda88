import type { Measured } from '../decide/assessment.ts';
import { maybe } from '../files/rollout/parts.ts';
import type { Forge } from '../forge/forge.ts';
import { planDrift, readDrift } from '../judge/drift.ts';
import { judge } from '../judge/judge.ts';
import { budgetOf } from '../judge/limits/budget.ts';
import { planCheck, questionsOf } from '../judge/plan.ts';
import { judgeSplit, planSplit, type SplitPlan } from '../judge/split.ts';
import { judgeTrial } from '../judge/trials/judge.ts';
import { planTrial, type TrialQuestion, trialQuestions } from '../judge/trials/plan.ts';
import type { Config, ProviderConfig } from '../model/config.ts';
import type { Oid } from '../model/head.ts';
import type { CountersQuery, MetricsProvider, Query } from '../model/measurement.ts';
import type { Rollout } from '../model/rollout.ts';
import { askAll, type MetricRequest } from '../providers/ask.ts';
import type { Context } from '../repository/context.ts';
import { lookedAtFrom } from '../repository/entry-start.ts';
import type { Instant } from '../time.ts';

/** A rollout with the moment its entry began. */
export interface Entry {
  readonly rollout: Rollout;
  readonly start: Instant;
}

/** What was measured of some rollouts, by their keys. */
export type Verdicts = ReadonlyMap<string, Measured>;

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
  entries: readonly Entry[],
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
        ...scrapedAs(config.providers[check.metric.provider]),
        escapeValue: provider.escape,
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
  const asked = <Q extends MetricRequest['query']>({ metric, query }: TrialQuestion<Q>) => ({
    provider: providerOf(metric.provider, providers),
    query,
  });
  const requests = planned.flatMap(({ plans, split, trial }) => [
    ...plans.flatMap(({ plan, provider, drift }) =>
      [...questionsOf(plan), ...(drift ? [drift.query] : [])].map(
        (query): MetricRequest => ({ provider, query }),
      ),
    ),
    ...(split?.plan.kind === 'split'
      ? [{ provider: split.provider, query: split.plan.query }]
      : []),
    ...(trial ? trialQuestions(trial).map(asked) : []),
  ]);
  const answers = await askAll(
    requests,
    context.onProgress ? { onProgress: context.onProgress } : {},
  );
  return new Map(
    planned.map(({ entry: { rollout }, plans, split, trial }) => {
      const verdicts = plans.map(({ plan, provider, drift }) => {
        const answered = {
          of: (query: Query) => answers.of({ provider, query }),
          counters: (query: CountersQuery) => answers.counters({ provider, query }),
        };
        const budget = budgetOf(rollout, plan.check, config.policy.confidence);
        const verdict = judge(plan, answered, rollout, budget);
        const drifted = drift && readDrift(drift, answered);
        return drifted
          ? { ...verdict, evidence: { ...verdict.evidence, drift: drifted } }
          : verdict;
      });
      const judged =
        split &&
        judgeSplit(split.plan, (query) => answers.counters({ provider: split.provider, query }));
      const tried =
        trial &&
        judgeTrial(trial, {
          series: (question) => answers.of(asked(question)),
          counters: (question) => answers.counters(asked(question)),
        });
      return [
        rollout.key,
        { verdicts, ...(judged ? { split: judged } : {}), ...(tried ? { trial: tried } : {}) },
      ];
    }),
  );
}

/** What to ask about the split of users, where the config says who counts them. */
function splitOf(
  { rollout, start }: Entry,
  providers: Providers,
  { exposure, settle, providers: configs }: Config,
  { now }: Pick<Context, 'now'>,
): { readonly plan: SplitPlan; readonly provider: MetricsProvider } | undefined {
  if (exposure === undefined) return undefined;
  const provider = providerOf(exposure.provider, providers);
  const when = {
    rollout,
    now,
    entryStart: start,
    settle,
    ...scrapedAs(configs[exposure.provider]),
    escapeValue: provider.escape,
  };
  return { plan: planSplit(exposure, when), provider };
}

/** How often a provider's server scrapes, where its config says. */
const scrapedAs = (provider: ProviderConfig | undefined) =>
  provider?.type === 'prometheus' ? maybe('scrapeInterval', provider.scrapeInterval) : {};

function providerOf(name: string, providers: Providers): MetricsProvider {
  const provider = providers.get(name);
  // Reading the config has refused metrics whose provider does not exist.
  if (!provider) throw new Error(`provider ${name} was not opened`);
  return provider;
}
