import { describe, expect, it } from 'vitest';
import { editYaml } from '../../src/yaml/edit.ts';
import { YamlError } from '../../src/yaml/error.ts';
import { looksKilled } from '../../src/yaml/kill.ts';
import { parseYaml } from '../../src/yaml/parse.ts';
import { cutDocuments } from '../../src/yaml/stream.ts';
import { withinLimit } from '../support/cpu.ts';

/** As long as a file may be. */
const LONGEST = 256 * 1024;

const filled = (unit: string, before = '', after = ''): string =>
  before + unit.repeat((LONGEST - before.length - after.length) / unit.length) + after;

function lines(line: (index: number) => string): string {
  let text = '';
  for (let index = 0; ; index += 1) {
    const more = text + line(index);
    if (more.length > LONGEST) return text;
    text = more;
  }
}

/** Everything that means something in YAML, over and over. */
const UNITS = [
  ...['[', '{', '[{', '{[', '(', ']', '}', ',', ', ', '[],', '{},', 'a,', '{a: ', '[? a: b, '],
  ...['"', "'", '"a" ', "''", '"\\', '\\x41', '\\\n', '" "'],
  ...['&a ', '&a', '*a ', '*a,', '<<: ', '!a ', '!!str ', '!<a> ', '%TAG ! a\n', '%YAML 1.2\n'],
  ...['? ', '?\n', '? - ', '? {', ':', ': ', ':\n', '- ', '- - ', '-\n', '- ? ', '- !a\n', '- &a '],
  ...['|', '|\n', '>', '>\n', '|+\n \n', '>-\n a\n', '- |\n', '#', '# ', '#\n', ' #\n'],
  ...['---\n', '--- ', '...\n', '---', 'a:\n', 'a: b\n', ' a:\n', '"a": ', 'kill: ', 'kill:'],
  ...['\n', '\r', '\r\n', ' ', '\t', ' \n', '\t\n', '\uFEFF', '\uD800', '\u2028', '\x85', '\0'],
  ...['0', '1_', '0x', '1e', '.', '+', '-', '~', '=', '@', '`', '%', 'a', 'a ', 'a\n'],
];

/** Where it stands. Of the last four every unit is in one: in all of them the test would take a minute. */
const alone = (unit: string): string => filled(unit);
const below = (unit: string): string => filled(`  ${unit.replaceAll('\n', '\n  ')}\n`, 'a:\n');
const ELSEWHERE: readonly ((unit: string) => string)[] = [
  (unit) => filled(unit, 'a: '),
  (unit) => filled(unit, 'a: ['),
  (unit) => filled(unit, 'a: "', '"\n'),
  (unit) => filled(`  ${unit.replaceAll('\n', '\n  ')}\n`, 'a: |\n'),
];

/** What is no repetition. */
const GROWING: Readonly<Record<string, string>> = {
  'keys in order': lines((i) => `k${i}: 1\n`),
  'keys between braces': `{${lines((i) => `k${i}: 1, `)}`,
  'numbers as keys': lines((i) => `${i}: 1\n`),
  'capitals as keys': lines((i) => `K${i}: 1\n`),
  'lines further and further in': lines((i) => `${' '.repeat(i)}a:\n`),
  'items further and further in': lines((i) => `${' '.repeat(i)}-\n`),
  'blank lines longer and longer': `a: |\n${lines((i) => `${' '.repeat(i)}\n`)}`,
  'anchors and aliases': lines((i) => `- &a${i} x\n- *a${i}\n`),
  'anchors in one another': lines((i) => `a${i}: &a${i} {b: *a${i - 1}}\n`),
  tags: `${lines((i) => `%TAG !a${i}! tag:x,2000:\n`)}---\na: 1\n`,
  'a long tag, used often': `%TAG !a! ${'a'.repeat(1_000)}\n---\n${'- !a!b c\n'.repeat(29_000)}`,
  'pairs in a list': `[${lines((i) => `a${i}: b, `)}`,
  'long keys': lines((i) => `${'a'.repeat(900)}${i}: 1\n`),
};

const texts = new Map([
  ...Object.entries(GROWING),
  ...UNITS.flatMap((unit, i) => {
    const elsewhere = ELSEWHERE[i % ELSEWHERE.length] ?? alone;
    const written = [alone(unit), below(unit), elsewhere(unit)];
    return written.map((text, place) => [`${JSON.stringify(unit)} (${place})`, text] as const);
  }),
]);

/** Whatever it is about: nothing but a YamlError may come of it. */
function tried<T>(work: () => T): T | YamlError {
  try {
    return work();
  } catch (error) {
    if (error instanceof YamlError) return error;
    throw error;
  }
}

describe('within the limit, a file as long as it may be', () => {
  it.each([...texts])('of %s is read, edited, guessed at and cut', (what, text) => {
    withinLimit(`${what}: read`, () => tried(() => parseYaml(text)));
    withinLimit(`${what}: edited`, () =>
      tried(() => editYaml(text, [{ path: ['kill'], value: true }])),
    );
    withinLimit(`${what}: guessed at`, () => looksKilled(text));
    const parts = withinLimit(`${what}: cut`, () => cutDocuments(text));
    expect(parts.map((part) => part.text).join('')).toBe(text);
  });
});
