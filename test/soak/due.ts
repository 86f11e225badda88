import { type Instant, MINUTE } from '../../src/time.ts';
import { isControlGood, SETTLE, unseenAt } from './health.ts';
import { type Judged, objections } from './model.ts';
import { isExposed, type Rules } from './read.ts';
import { branchOf } from './reverts.ts';
import type { Truth } from './truth.ts';
import type { Standing, Watch } from './watch.ts';

/** The world as a tick met it. */
export interface Met {
  readonly standings: ReadonlyMap<string, Standing>;
  readonly rules: Rules;
  readonly now: Instant;
}

/**
 * What a tick that ran to its end should have done and did not: always down on a breach that lasts;
 * a revert that waited too long carried out; and up where nothing stands in the way.
 */
export function leftUndone(
  met: Met,
  watch: Watch,
  truth: Truth,
): { readonly key: string; readonly text: string } | undefined {
  const checks = new Map(
    [...met.standings].map(([key, standing]) => [key, watch.judged(standing, met.now)] as const),
  );
  const breaching = [...met.standings.values()].filter(
    ({ key, flag }) => flag?.phase === 'progressing' && mayAct(checks.get(key)),
  ).length;
  for (const [key, before] of met.standings) {
    // What somebody changed meanwhile, a person or the tick, is a new question.
    if (watch.standings.get(key)?.text !== before.text) continue;
    const judged = checks.get(key) ?? [];
    const text =
      notDown(before, judged, met, watch, truth, breaching >= 3) ??
      overdue(before, met, watch) ??
      notUp(before, judged, checks, met, watch, truth);
    if (text !== undefined) return { key, text };
  }
  return undefined;
}

const acting = (judged: readonly Judged[] = []): readonly Judged[] =>
  judged.filter(({ health, ...each }) => health === 'bad' && takesBack(each));

/**
 * Whether a tick may have seen a breach: one that stands in an entry which an edit has made young
 * again is none to the model, and is one to the tick, because an edit is no reason to wait.
 */
const mayAct = (judged: readonly Judged[] = []): boolean => judged.some(takesBack);

const takesBack = ({ check, lasted }: Pick<Judged, 'check' | 'lasted'>): boolean =>
  lasted && ['rollback', 'degrade'].includes(check.onBreach);

function notDown(
  { key, flag, changed }: Standing,
  judged: readonly Judged[],
  { now, rules }: Met,
  watch: Watch,
  truth: Truth,
  outage: boolean,
): string | undefined {
  if (!flag) return undefined;
  const entry = Math.max(flag.since ?? 0, changed.at);
  const breaches = acting(judged).filter(
    ({ check }) => now - entry >= SETTLE + check.lasts + 2 * MINUTE && isCounted(check.metric),
  );
  const [breach] = breaches;
  if (!breach) return undefined;
  const revert = watch.reverts.state(branchOf(key, flag, rules.environments));
  if (revert === 'declined' || revert === 'merged') return undefined;
  if (revert === 'open' && flag.via === 'pull-request') return undefined;
  // Where it is not the flag, or nobody can tell, what stands still may keep standing.
  const blamed =
    (flag.stages[flag.index]?.kind ?? 'all') === 'all'
      ? !outage
      : isControlGood(key, breach.check.metric, now, truth);
  if (flag.phase !== 'progressing' && !blamed) return undefined;
  return `is still ${flag.phase} in ${flag.stage} after a tick that saw ${breach.check.metric} in breach`;

  /** Too few samples are no breach. */
  function isCounted(metric: string): boolean {
    return metric !== 'failed' || truth.traffic(key) > 100;
  }
}

function overdue({ key, flag }: Standing, { now, rules }: Met, watch: Watch): string | undefined {
  if (!flag || !isExposed(flag) || flag.via === 'commit' || flag.commitAfter === 'never') {
    return undefined;
  }
  const branch = branchOf(key, flag, rules.environments);
  const openedAt = watch.reverts.openedAt(branch);
  if (watch.reverts.state(branch) !== 'open' || openedAt === undefined) return undefined;
  return now >= openedAt + flag.commitAfter + MINUTE
    ? `has had its revert open for ${Math.round((now - openedAt) / MINUTE)} minutes`
    : undefined;
}

/** A flag that the model lets go up, and that has been due for minutes, does. */
function notUp(
  { key, flag, changed, ladder, startReverted }: Standing,
  checks: readonly Judged[],
  ofAll: ReadonlyMap<string, readonly Judged[]>,
  { now, rules, standings }: Met,
  watch: Watch,
  truth: Truth,
): string | undefined {
  if (!flag || (flag.phase !== 'progressing' && flag.phase !== 'pending')) return undefined;
  if (watch.badConfig) return undefined;
  if (flag.phase === 'pending' && unseenAt(key, flag, now, truth)) return undefined;
  // Nobody looks back without end for a start that was taken back.
  if (flag.phase === 'pending' && startReverted === 'unknown') return undefined;
  const next = flag.stages[flag.index + 1];
  if (flag.phase === 'progressing' && (flag.index < 0 || flag.serving !== 'treatment'))
    return undefined;
  if (flag.ladder !== undefined && ladder === undefined && flag.phase === 'progressing') {
    return undefined;
  }
  const branch = branchOf(key, flag, rules.environments);
  const first = key.replace(/@.*/, '@staging');
  const staging = standings.get(first)?.flag;
  const revert = watch.reverts.state(branch);
  const since = new Date(now).toISOString();
  const after = {
    ...flag,
    phase: next ? 'progressing' : 'completed',
    ...(next ? { stage: next.name, index: flag.index + 1, since: Date.parse(since) } : {}),
    serving: 'treatment',
  };
  const move = {
    before: flag,
    after,
    by: 'tick',
    rules,
    checks,
    changed,
    startReverted,
    revert:
      revert === undefined || revert === 'withdrawn' || revert === 'dropped' ? 'none' : 'open',
    ...(ladder === undefined ? {} : { ladderBefore: ladder }),
    firstCompleted: staging?.phase === 'completed' && !staging.kill && !mayAct(ofAll.get(first)),
  } as const;
  // It became due minutes ago, and is still.
  const wrong = [now, now - 5 * MINUTE].flatMap((at) => objections({ ...move, now: at }));
  return wrong.length === 0
    ? `stayed ${flag.phase} in ${flag.stage} though nothing stands in its way`
    : undefined;
}
