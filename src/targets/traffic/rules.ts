import type { Manifest } from '../../model/config.ts';
import { childOf, type Json } from '../../model/json.ts';
import type { TextEdit } from '../../yaml/edit.ts';
import type { Mirror, ResourceShape } from './resource-shape.ts';
import { type Split, wholeWeights } from './split.ts';

/** The numbers to set in a resource, and what its rules do not let them say. */
export interface RuleEdits {
  readonly edits: readonly TextEdit[];
  readonly problems: readonly string[];
}

/**
 * Shares out the traffic of every rule that has the control and another backend of the rollout. A
 * rule with only one of them is a person's own, such as testers' way to the new version.
 *
 * Where a rule does not fit, its numbers are set all the same, so that a way down always works: what
 * else stands in it can only make the share smaller than the one that was asked for.
 */
export function ruleEdits(
  resource: Json,
  split: Split,
  config: Manifest,
  shape: ResourceShape,
): RuleEdits {
  const edited = listAt(resource, shape.rules).flatMap((rule, index) => {
    const edits = editRule(rule, index, split, config, shape);
    return edits === undefined ? [] : [edits];
  });
  const problems = edited.flatMap((each) => each.problems);
  if (edited.length === 0) {
    const others = ours(config).filter((name) => name !== split.control);
    problems.push(
      `no rule has both the control ${split.control} and ${others.join(' or ')}; add them, with \`weight: 0\` for what nobody shall see yet`,
    );
  } else if (split.mirror !== undefined && edited.every(({ mirrors }) => !mirrors)) {
    problems.push(`no rule mirrors traffic to ${split.mirror.backend}, as the shadow stage asks`);
  }
  return { edits: edited.flatMap(({ edits }) => edits), problems };
}

interface RuleEdit extends RuleEdits {
  /** Whether it sends a copy of its traffic where the split asks for one. */
  readonly mirrors: boolean;
}

function editRule(
  rule: Json,
  index: number,
  split: Split,
  config: Manifest,
  shape: ResourceShape,
): RuleEdit | undefined {
  const names = ours(config);
  const refs = listAt(rule, [shape.refs]).map((ref) => ({ ref, name: shape.nameOf(ref) }));
  const mirrors = shape.mirrorsOf(rule).filter(({ backend }) => names.includes(backend ?? ''));
  const here = refs.flatMap(({ name }) =>
    name !== undefined && names.includes(name) ? [name] : [],
  );
  const all = [...here, ...mirrors.flatMap(({ backend }) => backend ?? [])];
  if (!here.includes(split.control) || all.every((name) => name === split.control))
    return undefined;

  const at = [...shape.rules, index];
  const where = at.slice(1).join(' ');
  const problems: string[] = [];
  const twice = here.find((name, i) => here.indexOf(name) !== i);
  if (twice !== undefined) problems.push(`${where} has ${twice} twice; keep one`);
  if (split.weight > 0 && !here.includes(split.exposed)) {
    problems.push(`${where} has no ${split.exposed}; add it, with \`weight: 0\``);
  }
  for (const { ref, name } of refs) {
    if (name !== undefined && names.includes(name)) continue;
    if ((childOf(ref, 'weight') ?? shape.defaultWeight) === 0) continue;
    problems.push(
      `${where} also sends traffic to ${name ?? 'a backend without a name'}, which is not among the target's \`backends\``,
    );
  }
  problems.push(
    ...mirrors.flatMap(({ problem }) => (problem === undefined ? [] : [`${where} ${problem}`])),
  );

  const asked = split.mirror?.percent ?? 0;
  // Never more than was asked for.
  const mirrored = shape.wholeMirrors ? Math.floor(asked) : asked;
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
    ...refs.flatMap(({ name }, i): readonly TextEdit[] =>
      name !== undefined && names.includes(name)
        ? [{ path: [...at, shape.refs, i, 'weight'], value: weightOf(name, i) }]
        : [],
    ),
    ...mirrors.flatMap((mirror): readonly TextEdit[] =>
      mirror.problem === undefined
        ? [{ path: [...at, ...mirror.percent], value: isAsked(mirror) ? mirrored : 0 }]
        : [],
    ),
  ];
  return { edits, problems, mirrors: split.mirror !== undefined && mirrors.some(isAsked) };
}

const ours = ({ backends }: Manifest): readonly string[] => [...new Set(Object.values(backends))];

function listAt(value: Json | undefined, path: readonly (string | number)[]): readonly Json[] {
  const found = path.reduce<Json | undefined>(childOf, value);
  return Array.isArray(found) ? found : [];
}
