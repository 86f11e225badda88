import type { Hostile } from '../support/beside.ts';
import { flag, inStage, STAGES } from '../support/shop.ts';

/** As long as a file of YAML may be. */
const FILE = 256 * 1024;
/** As long as a file may be that is read at all. */
const LARGEST = 8 * 1024 * 1024;
/** As long as GitHub lets a comment be. */
const COMMENT = 65_000;

/** A text of so many characters, or a few less. */
const filled = (unit: string, length: number, before = '', after = ''): string =>
  before + unit.repeat(Math.floor((length - before.length - after.length) / unit.length)) + after;

/** Lines of their own, as many as there is room for. */
function lines(length: number, line: (index: number) => string): string {
  const all: string[] = [];
  for (let size = 0, index = 0; ; index += 1) {
    const next = line(index);
    size += next.length;
    if (size > length) return all.join('');
    all.push(next);
  }
}

/** A rollout file that is sound but for what comes after it. */
const HEAVY = `flag: heavy\nowners: ['@ada']\nstages: ${STAGES}\n`;

const rollout = (name: string, text: string): Hostile => ({
  name: `a rollout file with ${name}`,
  files: { 'rollouts/heavy.yaml': text },
});

const proposed = (name: string, config: string): Hostile => ({
  name: `a proposed config with ${name}`,
  proposed: { '.github/sluice.yml': config },
  reviewed: 1,
});

const comment = (name: string, text: string): Hostile => ({
  name: `a comment of ${name}`,
  comment: text,
});

const answer = (name: string, text: string): Hostile => ({
  name: `an answer of ${name}`,
  answer: text,
});

/** A recording beside that of the other flags, and a flag that is judged by it. */
const recording = (name: string, path: string, text: string): Hostile => ({
  name: `a recording of ${name}`,
  files: {
    [path]: text,
    'rollouts/read.yaml': flag('read', inStage('quarter', 30)).replace('[errors]', '[read]'),
  },
  config: (config) =>
    config
      .replace('metrics:\n', `  heavy: {type: replay, path: ${path}}\nmetrics:\n`)
      .replace('policy:\n', '  read: {provider: heavy, query: a, limits: {max: 1}}\npolicy:\n'),
});

/** A target file as somebody left it, and an invalid rollout file whose entry is looked for in it. */
const target = (name: string, type: string, path: string, text: string): Hostile => ({
  name: `a target with ${name}`,
  files: { [path]: text, 'rollouts/heavy.yaml': 'flag: heavy\nowners: []\n' },
  config: (config) => config.replace(/^targets: \[/m, `targets: [{type: ${type}, path: ${path}}, `),
});

/** A person's manifest, in which the weights of the flag that is killed are set. */
const manifest = (name: string, type: string, text: string): Hostile => ({
  name: `a manifest with ${name}`,
  files: { 'route.yaml': text },
  config: (config) =>
    config.replace(
      /^targets: \[/m,
      `targets: [{type: ${type}, path: route.yaml, rollout: healthy, backends: {'on': new, 'off': old}}, `,
    ),
});

const series = (metric: string, value: string): string =>
  `{"status":"success","data":{"resultType":"vector","result":[{"metric":${metric},"value":[1,"${value}"]}]}}`;

/** What takes minutes, or does not end, where the work grows faster than the text. */
export const HEAVY_INPUTS: readonly Hostile[] = [
  rollout('`kill:`, blanks and no end', filled(' ', 4_096, 'a: [\nkill:', '}')),
  rollout('128,000 empty keys', filled('?\n', FILE)),
  rollout('nothing but colons', filled(':\n', FILE)),
  rollout(
    'a number a line as its keys',
    lines(FILE, (i) => `${i}: 1\n`),
  ),
  rollout('keys that are not known', HEAVY + lines(FILE - 200, (i) => `stage${i}: 1\n`)),
  rollout('a key that fills it', filled('a', FILE - 10, HEAVY, ': 1\n')),
  rollout('owners that are none', `${HEAVY}allow: [${lines(FILE - 300, () => '"@", ')}]\n`),
  rollout(
    'an anchor and an alias a line',
    lines(FILE, (i) => `- &a${i} x\n- *a${i}\n`),
  ),
  rollout('brackets and braces', filled('[{', FILE)),
  rollout('quotes', filled('"\'', FILE)),
  rollout('a text of line breaks', filled('\n', FILE, `${HEAVY}description: "`, '"\n')),
  rollout('a block of blank lines', filled('\n', FILE, `${HEAVY}description: |+\n`)),
  rollout(
    'comments, each further in',
    HEAVY + lines(FILE - 200, (i) => `${' '.repeat(i % 500)}#\n`),
  ),
  rollout('a percentage of all its digits', filled('1', FILE, HEAVY.replace('5,', ''), '\n')),
  rollout(
    'a date of all its digits',
    filled('1', FILE - 10, `${HEAVY}expires: '2026-01-01T00:00:00.`, "Z'\n"),
  ),
  rollout('seven megabytes of line breaks', filled('\n', LARGEST - 1)),
  rollout('seven megabytes of `kill:`', filled('kill:\n', LARGEST - 6)),
  rollout('document markers', filled('---\n', FILE)),
  {
    name: 'a config that begins with a banner of 60 #',
    config: (config) => `${'#'.repeat(60)}\n${config}`,
  },
  {
    name: 'a config with a banner as long as it may be',
    config: (config) => filled('#', FILE - 10, '', `\n${config}`),
  },
  proposed('nested braces in its glob', `rollouts: '${'{a,'.repeat(45)}b${'}'.repeat(45)}.yaml'\n`),
  proposed('braces after braces in its glob', `rollouts: '${'{a,aa}'.repeat(30)}.yaml'\n`),
  proposed(
    'keys that are not known',
    lines(FILE, (i) => `metric${i}: 1\n`),
  ),
  proposed(
    'metrics of providers that are not there',
    `metrics:\n${lines(FILE / 2, (i) => `  m${i}: {provider: ${'p'.repeat(90)}, query: up}\n`)}`,
  ),
  target('brackets', 'json', 'flags/heavy.json', filled('[', LARGEST)),
  target(
    'an entry that is nested without end',
    'json',
    'flags/heavy.json',
    filled(
      '[',
      LARGEST / 2,
      '{"flags":{"heavy@production":{"file":"rollouts/heavy.yaml","flag":"heavy","environment":"production","x":',
      '',
    ).concat(filled(']', LARGEST / 2 - 200, '', '}}}')),
  ),
  target(
    'a hundred thousand entries of one file',
    'flagd',
    'flags/flagd.json',
    `{"flags":{${lines(LARGEST - 200, (i) => `${i === 0 ? '' : ','}"f${i}":{"metadata":{"file":"rollouts/heavy.yaml","environment":"production","control":"off"}}`)}}}`,
  ),
  target(
    'keys that are numbers',
    'go-feature-flag',
    'flags/goff.yaml',
    lines(LARGEST / 2, (i) => `${i}: 1\n`),
  ),
  manifest(
    'as many weights as there is room for',
    'istio',
    `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: a}\nspec:\n  http:\n  - route:\n${lines(FILE - 300, (i) => `    - {destination: {host: ${i % 2 ? 'new' : 'old'}}, weight: 1}\n`)}`,
  ),
  manifest(
    'as many documents as there is room for',
    'gateway-api',
    filled('---\nkind: HTTPRoute\n', LARGEST),
  ),
  recording('quotes', 'heavy.csv', filled('"a', LARGEST / 2, 'time,series,value\n')),
  recording('line breaks', 'heavy.csv', filled('\n', LARGEST / 2, 'time,series,value\n')),
  recording(
    'a value of 400,000 digits',
    'heavy.csv',
    `time,series,value\n1,a,${'1'.repeat(400_000)}x\n`,
  ),
  recording('brackets', 'heavy.json', filled('[', LARGEST / 2)),
  recording('a text without end', 'heavy.json', filled('\\', LARGEST / 2, '{"')),
  answer('a sample of 400,000 digits', series('{}', `${'1'.repeat(400_000)}x`)),
  answer('brackets', filled('[', 5_000_000)),
  answer(
    'a label that is nested without end',
    series(`{"a":${'['.repeat(2_000_000)}${']'.repeat(2_000_000)}}`, '1'),
  ),
  answer('labels', series(`{${lines(4_000_000, (i) => `${i === 0 ? '' : ','}"l${i}":"x"`)}}`, '1')),
  answer(
    'an error of five million characters',
    `{"status":"error","errorType":"x","error":"${'%25'.repeat(1_600_000)}"}`,
  ),
  comment('line breaks', filled('\n', COMMENT, '', '/')),
  comment('blanks', filled(' ', COMMENT, '', 'x')),
  comment('tildes', filled('~', COMMENT)),
  comment('quotation marks', filled('> ', COMMENT)),
  comment('open HTML comments', filled('<!--', COMMENT, '/rollout kill ')),
  comment('backslashes and bars', filled('\\|', COMMENT, '/rollout kill ')),
  comment('a flag as long as it may be', filled('a', COMMENT, '/rollout kill ')),
  comment('a reason as long as it may be', filled('a\t', COMMENT, '/rollout pause healthy ')),
  comment('link reference definitions', filled('[a]: b\n', COMMENT)),
  comment('definitions that are never closed', filled('[a\n', COMMENT)),
  comment('sections of CDATA', filled('<![CDATA[', COMMENT)),
  comment('processing instructions', filled('<?', COMMENT)),
  comment('attributes of a tag', filled('a="', COMMENT, '<p ')),
  comment('stars', filled('*a ', COMMENT)),
  comment('underscores and stars', filled('*_', COMMENT)),
  comment(
    'backticks, one more each time',
    lines(COMMENT, (i) => `${'`'.repeat(i % 300)} `),
  ),
  comment('brackets', filled('[', COMMENT)),
  comment('images in images', filled('![', COMMENT)),
  comment(
    'lists in lists',
    lines(COMMENT, (i) => `${' '.repeat((i % 100) * 2)}- a\n`),
  ),
  comment('a table of bars', filled('|', COMMENT, 'a|b\n-|-\n')),
  comment('entities', filled('&#0;&amp', COMMENT)),
  comment('addresses', filled('<a@b.', COMMENT)),
  rollout('tags', filled('!!str ', FILE, 'flag: ')),
  rollout('a key that never ends', filled('? [a, ', FILE)),
  rollout(
    'stages by the thousand',
    HEAVY.replace(
      /stages: .*/,
      `stages: [${lines(FILE - 200, () => '{name: a, percentage: 1}, ')}]`,
    ),
  ),
  rollout('a flag of all its characters', filled('a-', FILE - 100).concat(`\n${HEAVY}`)),
];
