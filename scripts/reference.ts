import type { JSONSchema } from 'json-schema-to-typescript';
import type { RuleHead } from '../src/model/review-rule.ts';

type Node = Readonly<Record<string, unknown>>;

/** Mappings that have a section of their own. */
const ROLLOUT_SECTIONS = [
  'stage',
  'experiment',
  'shadowRun',
  'check',
  'limits',
  'baseline',
  'minSamples',
  'rollback',
  'checklist',
  'status',
];
const CONFIG_SECTIONS = [
  'prometheus',
  'replay',
  'auth',
  'metric',
  'segment',
  'policy',
  'pace',
  'commands',
  'target',
  'notify',
];
const SECTIONS = new Set([...ROLLOUT_SECTIONS, ...CONFIG_SECTIONS]);

/** Kinds of value that many keys take, described once. */
const VALUES = new Set([
  'name',
  'owner',
  'duration',
  'instant',
  'percentage',
  'limit',
  'change',
  'sure',
  'share',
  'path',
  'query',
  'environmentVariable',
]);

/** The reference page: every key of the two files, from the schemas, and the rules of a review. */
export function reference(
  rollout: JSONSchema,
  config: JSONSchema,
  rules: readonly RuleHead[],
): string {
  const shared = { ...(rollout.$defs as object), ...(config.$defs as object) } as Record<
    string,
    Node
  >;
  const lines: string[] = [
    '# Reference',
    '',
    '<!-- Made from schema/ and src/review/rules.ts by `npm run generate`. Do not edit. -->',
    '',
    'Durations are written `10m`, `24h`, `2d`, `1w`. Dates are ISO 8601; without an offset they are UTC.',
    'A key that is not listed is an error.',
    '',
    '## Values',
    '',
    '| value | how it is written |',
    '| --- | --- |',
    ...[...VALUES].map((name) => `| ${words(name)} | ${cell(String(shared[name]?.description))} |`),
    '',
    ...section('The rollout file', rollout as Node, rollout as Node, shared),
    ...ROLLOUT_SECTIONS.flatMap((name) => part(name, shared)),
    ...section('The config, `.github/sluice.yml`', config as Node, config as Node, shared),
    ...CONFIG_SECTIONS.flatMap((name) => part(name, shared)),
    ...ruleTable(rules),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

/** What a review insists on, as each rule says it of itself. */
function ruleTable(rules: readonly RuleHead[]): string[] {
  return [
    '## Review rules',
    '',
    'A finding has the id of its rule as its code. `policy.rules` makes a rule an `error` or a `warning`,',
    'or switches it `off`. A rule that had another id in an earlier version still goes by it, with a',
    'warning that shows the new one.',
    '',
    '| rule | unless `policy.rules` sets it | why |',
    '| --- | --- | --- |',
    ...rules.map(({ id, severity, warnsWhen, why }) => {
      const strictness = warnsWhen ? `${severity}; warning if ${warnsWhen}` : severity;
      return `| \`${id}\` | ${cell(strictness)} | ${cell(why)} |`;
    }),
    '',
  ];
}

function part(name: string, shared: Record<string, Node>): string[] {
  const node = shared[name] ?? {};
  // The long form of a key that also has a short one.
  const long = (node.else ?? node) as Node;
  return section(`\`${words(name)}\``, long, node, shared, '###');
}

function section(
  title: string,
  node: Node,
  described: Node,
  shared: Record<string, Node>,
  level = '##',
): string[] {
  const required = new Set((node.required as string[] | undefined) ?? []);
  const rows = Object.entries((node.properties as Record<string, Node> | undefined) ?? {}).map(
    ([key, value]) =>
      `| \`${key}\`${required.has(key) ? ' (required)' : ''} | ${cell(type(value, shared))} | ${cell(String(value.description ?? ''))} |`,
  );
  const description = described.description;
  return [
    `${level} ${title}`,
    '',
    ...(typeof description === 'string' ? [sentence(description), ''] : []),
    '| key | value | meaning |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ];
}

/** What may be written for a key, in a few words. */
function type(node: Node, shared: Record<string, Node>): string {
  const ref = node.$ref;
  if (typeof ref === 'string') {
    const name = ref.split('/').at(-1) ?? '';
    const target = shared[name] ?? {};
    if (VALUES.has(name)) return `[${words(name)}](#values)`;
    return SECTIONS.has(name) ? `[${words(name)}](#${words(name)})` : type(target, shared);
  }
  if (node.enum) return (node.enum as string[]).map((value) => `\`${value}\``).join(', ');
  if (node.if) {
    return [node.then, node.else].map((each) => type(each as Node, shared)).join('; or ');
  }
  if (node.const !== undefined) return `\`${node.const}\``;
  if (node.type === 'array') return `a list: ${type((node.items ?? {}) as Node, shared)}`;
  if (node.type === 'object') {
    const values = node.additionalProperties;
    if (typeof values === 'object') {
      const names = node.propertyNames as Node | undefined;
      return `${names?.enum ? '[rule](#review-rules)' : 'name'}: ${type(values as Node, shared)}`;
    }
    const keys = Object.keys((node.properties as object | undefined) ?? {});
    return keys.length > 0 ? `{${keys.join(', ')}}` : 'a mapping';
  }
  if (typeof node.pattern === 'string' && typeof node.description === 'string')
    return node.description;
  const kinds = {
    string: 'text',
    boolean: '`true` or `false`',
    integer: 'a whole number',
    number: 'a number',
  };
  return kinds[String(node.type) as keyof typeof kinds] ?? 'anything';
}

const words = (name: string): string => name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
const cell = (text: string): string => text.replaceAll('|', '\\|');
const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
