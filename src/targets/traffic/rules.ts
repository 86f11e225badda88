import type { YamlTrafficConfig } from '../../model/config.ts';
import { childOf, type Json } from '../../model/json.ts';
import type { Edit } from '../../yaml/edit.ts';
import type { Dialect, Mirror } from './dialect.ts';
import { type Split, wholeWeights } from './split.ts';

/** The numbers to set in a resource, and what its rules do not let them say. */
export interface Plan {
  readonly edits: readonly Edit[];
  readonly problems: readonly string[];
}

/**
 * Shares out the traffic of every rule that has the control and another backend of the rollout. A
 * rule with only one of them is a person's own, such as testers' way to the new version.
 *
 * Where a rule does not fit, its numbers are set all the same, so that a way down always works: what
 * else stands in it can only make the share smaller than the one that was asked for.
 */
export function planRules(
  resource: Json,
  split: Split,
  config: YamlTrafficConfig,
  dialect: Dialect,
): Plan {
  const plans = listAt(resource, dialect.rules).flatMap((rule, index) => {
    const plan = planRule(rule, index, split, config, dialect);
    return plan === undefined ? [] : [plan];
  });
  const problems = plans.flatMap((plan) => plan.problems);
  if (plans.length === 0) {
    const others = ours(config).filter((name) => name !== split.control);
    problems.push(
      `no rule has both the control ${split.control} and ${others.join(' or ')}; add them, with \`weight: 0\` for what nobody shall see yet`,
    );
  } else if (split.mirror !== undefined && plans.every(({ mirrors }) => !mirrors)) {
    problems.push(`no rule mirrors traffic to ${split.mirror.backend}, as the shadow stage asks`);
  }
  return { edits: plans.flatMap((plan) => plan.edits), problems };
}

interface RulePlan extends Plan {
  /** Whether it sends a copy of its traffic where the split asks for one. */
  readonly mirrors: boolean;
}

function planRule(
  rule: Json,
  index: number,
  split: Split,
  config: YamlTrafficConfig,
  dialect: Dialect,
): RulePlan | undefined {
  const names = ours(config);
  const refs = listAt(rule, [dialect.refs]).map((ref) => ({ ref, name: dialect.nameOf(ref) }));
  const mirrors = dialect.mirrorsOf(rule).filter(({ backend }) => names.includes(backend ?? ''));
  const here = refs.flatMap(({ name }) =>
    name !== undefined && names.includes(name) ? [name] : [],
  );
  const all = [...here, ...mirrors.flatMap(({ backend }) => backend ?? [])];
  if (!here.includes(split.control) || all.every((name) => name === split.control))
    return undefined;

  const at = [...dialect.rules, index];
  const where = at.slice(1).join(' ');
  const problems: string[] = [];
  const twice = here.find((name, i) => here.indexOf(name) !== i);
  if (twice !== undefined) problems.push(`${where} has ${twice} twice; keep one`);
  if (split.weight > 0 && !here.includes(split.exposed)) {
    problems.push(`${where} has no ${split.exposed}; add it, with \`weight: 0\``);
  }
  for (const { ref, name } of refs) {
    if (name !== undefined && names.includes(name)) continue;
    if ((childOf(ref, 'weight') ?? dialect.defaultWeight) === 0) continue;
    problems.push(
      `${where} also sends traffic to ${name ?? 'a backend without a name'}, which is not among the target's \`backends\``,
    );
  }
  problems.push(
    ...mirrors.flatMap(({ problem }) => (problem === undefined ? [] : [`${where} ${problem}`])),
  );

  const asked = split.mirror?.percent ?? 0;
  // Never more than was asked for.
  const mirrored = dialect.wholeMirrors ? Math.floor(asked) : asked;
  const isAsked = ({ backend }: Mirror): boolean => backend === split.mirror?.backend;
  if (mirrored !== asked && mirrors.some(isAsked)) {
    problems.push(`${where} mirrors whole percents alone, and ${asked} % is asked for`);
  }

  // A rule whose weights are all 0 answers with errors: without the exposed backend all is the control's.
  const [share, rest] = wholeWeights(here.includes(split.exposed) ? split.weight : 0);
  const weightOf = (name: string, i: number): number => {
    if (refs.findIndex((ref) => ref.name === name) < i) return 0;
    return name === split.control ? rest : name === split.exposed ? share : 0;
  };
  const edits = [
    ...refs.flatMap(({ name }, i): readonly Edit[] =>
      name !== undefined && names.includes(name)
        ? [{ path: [...at, dialect.refs, i, 'weight'], value: weightOf(name, i) }]
        : [],
    ),
    ...mirrors.flatMap((mirror): readonly Edit[] =>
      mirror.problem === undefined
        ? [{ path: [...at, ...mirror.percent], value: isAsked(mirror) ? mirrored : 0 }]
        : [],
    ),
  ];
  return { edits, problems, mirrors: split.mirror !== undefined && mirrors.some(isAsked) };
}

const ours = ({ backends }: YamlTrafficConfig): readonly string[] => [
  ...new Set(Object.values(backends)),
];

function listAt(value: Json | undefined, path: readonly (string | number)[]): readonly Json[] {
  const found = path.reduce<Json | undefined>(childOf, value);
  return Array.isArray(found) ? found : [];
}
