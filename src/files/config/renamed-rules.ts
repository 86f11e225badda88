import type { RuleId } from '../../model/config.ts';
import { childOf, isMapping, type Json, type Path } from '../../model/json.ts';
import type { Finding } from '../../model/problem.ts';

/** What a rule is called now, by what it was called before; what looked at several things is several rules. */
export const RENAMED_RULES = {
  'advance-window': ['advance-out-of-hours'],
  'arms-changed': ['variants-changed'],
  'exposure-by-hand': [
    'exposure-changed-by-hand',
    'dates-changed-by-hand',
    'target-attributes-changed',
  ],
  'live-deleted': ['live-rollout-deleted'],
  'mixed-arms': ['experiment-not-randomised'],
  'no-way-back': ['no-rollback-check'],
  'not-sent-yet': ['notify-not-sent'],
  'status-by-hand': ['status-written-by-hand'],
  'untold-segment': ['segment-unsupported-by-target'],
  'untold-variants': ['variants-unsupported-by-target'],
  'users-redrawn': ['users-rebucketed', 'target-key-changed'],
} as const satisfies Readonly<Record<string, readonly RuleId[]>>;

/** A config whose `policy.rules` has today's names alone. */
export interface Renamed {
  readonly value: Json;
  /** A warning for each old name. */
  readonly findings: readonly Finding[];
  /** A finding about the value, at the place in the file as it was written. */
  readonly asWritten: (finding: Finding) => Finding;
}

/** Gives the rules of a config their names of today: an old name continues to work. */
export function renameRules(value: Json): Renamed {
  const policy = childOf(value, 'policy');
  const rules = childOf(policy, 'rules');
  if (!isMapping(value) || !isMapping(policy) || !isMapping(rules)) return unchanged(value);
  const old = Object.keys(rules).filter(isOld);
  if (old.length === 0) return unchanged(value);
  // If both names are there, the one of today counts.
  const renamed = old.flatMap((name) =>
    RENAMED_RULES[name]
      .filter((now) => !Object.hasOwn(rules, now))
      .map((now) => ({ now, name, strictness: rules[name] ?? null })),
  );
  const kept = Object.entries(rules).filter(([name]) => !isOld(name));
  const added = renamed.map(({ now, strictness }) => [now, strictness] as const);
  const written = new Map<Path[number], string>(renamed.map(({ now, name }) => [now, name]));
  return {
    value: { ...value, policy: { ...policy, rules: Object.fromEntries([...kept, ...added]) } },
    findings: old.map(describe),
    asWritten: (finding) => {
      const [first, second, key = '', ...below] = finding.path;
      const name = written.get(key);
      if (first !== 'policy' || second !== 'rules' || name === undefined) return finding;
      return { ...finding, path: [first, second, name, ...below] };
    },
  };
}

type OldName = keyof typeof RENAMED_RULES;

const isOld = (name: string): name is OldName => Object.hasOwn(RENAMED_RULES, name);

const unchanged = (value: Json): Renamed => ({
  value,
  findings: [],
  asWritten: (finding) => finding,
});

function describe(name: OldName): Finding {
  const names = RENAMED_RULES[name].map((now) => `\`${now}\``);
  const called = [names.slice(0, -1).join(', '), ...names.slice(-1)].filter((each) => each !== '');
  return {
    severity: 'warning',
    code: 'renamed-rule',
    message: `\`${name}\` is called ${called.join(' and ')} now`,
    hint: 'write the new name; the old one still works',
    path: ['policy', 'rules', name],
    atKey: true,
  };
}
