import { describe, expect, it } from 'vitest';
import { YamlError } from '../../src/yaml/error.ts';
import { looksKilled, topLevelWord } from '../../src/yaml/kill.ts';
import { locate, locateKey, sliceAt } from '../../src/yaml/locate.ts';
import { type ParseLimits, parseYaml } from '../../src/yaml/parse.ts';
import { withinLimit } from '../support/cpu.ts';

function errorOf(text: string, limits?: Partial<ParseLimits>): YamlError {
  try {
    parseYaml(text, limits);
  } catch (error) {
    if (error instanceof YamlError) return error;
  }
  throw new Error(`no YamlError for ${text}`);
}

describe('reading', () => {
  it.each([
    [
      'YAML 1.2: words and dates are strings',
      'a: on\nb: 2026-12-01\nc: yes',
      { a: 'on', b: '2026-12-01', c: 'yes' },
    ],
    ['a byte order mark', '\uFEFFa: 1', { a: 1 }],
    ['one document with its markers', '---\na: 1\n...\n', { a: 1 }],
    ['numbers as keys', '1: a\n0x10: b', { 1: 'a', 16: 'b' }],
    ['aliases', 'a: &x [1]\nb: *x', { a: [1], b: [1] }],
    [
      'a merge key, an ordinary one in 1.2',
      'a: &x {b: 1}\nc: {<<: *x}',
      { a: { b: 1 }, c: { '<<': { b: 1 } } },
    ],
  ])('%s', (_, text, value) => {
    expect(parseYaml(text)).toEqual({ text, value });
  });

  it.each([
    ['too-large', 'a: 12345', 1, 1, { maxLength: 5 }],
    ['not-text', 'a: \0', 1, 4, {}],
    ['not-text', '\uFFFD\uFFFDa\0:\0', 1, 4, {}],
    ['empty', '', 1, 1, {}],
    ['empty', '# nothing\n', 1, 1, {}],
    ['empty', '---\n', 1, 1, {}],
    ['several-documents', 'a: 1\n---\nb: 2\n', 3, 1, {}],
    ['syntax', 'a: 1\n b: 2\n', 2, 3, {}],
    ['syntax', 'a: *x\n', 1, 5, {}],
    ['duplicate-key', 'a: 1\r\n"a": 2\r\n', 2, 1, {}],
    ['duplicate-key', 'x:\n  - {b: 1, b: 2}\n', 2, 12, {}],
    ['unsafe-key', 'a:\n  __proto__: {x: 1}\n', 2, 3, {}],
    ['unsafe-key', 'constructor: 1\n', 1, 1, {}],
    ['complex-key', '? [a]\n: b\n', 1, 3, {}],
    ['complex-key', 'a: b\nc: {{ d }}\n', 2, 5, {}],
    ['unknown-tag', 'a: !!set {b}\n', 1, 4, {}],
    ['unknown-tag', 'a: !!binary aGk=\n', 1, 4, {}],
    ['unknown-tag', 'a: !!int x\n', 1, 4, {}],
    ['not-json', 'a: .nan\n', 1, 4, {}],
    ['not-json', 'a: [1, -.inf]\n', 1, 8, {}],
    ['cycle', 'a: &x\n  b: *x\n', 2, 3, {}],
    ['too-deep', 'a: [[[1]]]\n', 1, 6, { maxDepth: 3 }],
    ['too-deep', '['.repeat(500), 1, 100, {}],
    ['too-many-aliases', 'a: &x 1\nb: [*x, *x]\n', 2, 10, { maxAliases: 1 }],
    ['too-many-nodes', 'a: &x [1, 1]\nb: &y [*x, *x]\nc: [*y, *y]\n', 1, 8, { maxNodes: 14 }],
  ] as const)('refuses %s: %j', (code, text, line, column, limits) => {
    expect(errorOf(text, limits)).toMatchObject({ code, at: { line, column } });
  });

  it('names the key that stands twice', () => {
    expect(errorOf('a: 1\na: 2').message).toBe('the key a stands twice: remove one');
  });

  it('says it in one line', () => {
    expect(errorOf('a: !<x\ny\nz> 1').message).toBe(
      'not valid YAML: tag name cannot contain such characters: x',
    );
  });

  it('stops a bomb of aliases', () => {
    const level = (i: number) =>
      `l${i}: &l${i} [${Array(9)
        .fill(`*l${i - 1}`)
        .join(', ')}]\n`;
    const bomb = `l0: &l0 x\n${[1, 2, 3, 4, 5, 6, 7, 8].map(level).join('')}`;
    expect(errorOf(bomb).code).toBe('too-many-nodes');
  });
});

describe('places', () => {
  const text = `\uFEFFflag: x # c\r\nbase: &b {on: 1}\r\nuse: *b\r\nstages:\r\n  - {name: 'a b', percentage: 5}\r\n  - name: |\r\n      text\r\n\r\nempty:\r\n`;
  const document = parseYaml(text);

  it.each([
    [['flag'], 1, 7, 'x'],
    [['stages', 0, 'name'], 5, 12, "'a b'"],
    [['stages', 0, 'percentage'], 5, 31, '5'],
    [['stages', 1, 'name'], 6, 11, '|'],
    [['stages', 1], 6, 5, 'name: |'],
    [['stages'], 5, 3, "- {name: 'a b', percentage: 5}"],
    [['use'], 3, 6, '*b'],
    [['use', 'on'], 2, 15, '1'],
    [['empty'], 9, 1, 'empty'],
    [['stages', 0, 'regions', 2], 5, 5, "{name: 'a b', percentage: 5}"],
    [['flag', 'x'], 1, 1, 'flag'],
    [['missing'], 1, 1, ''],
  ])('of the value at %j', (path, line, column, slice) => {
    const at = locate(document, path);
    expect([at.line, at.column, sliceAt(document, at)]).toEqual([line, column, slice]);
  });

  it.each([
    [['stages', 0, 'percentage'], 5, 19, 'percentage'],
    [['use', 'on'], 2, 11, 'on'],
    [['stages', 1, 'nope'], 6, 5, 'name: |'],
  ])('of the key at %j', (path, line, column, slice) => {
    const at = locateKey(document, path);
    expect([at.line, at.column, sliceAt(document, at)]).toEqual([line, column, slice]);
  });

  it.each([
    ['[a: b, {c: d}: e]', [0, 'a'], 'b'],
    ['[? a : b]', [0, 'a'], 'b'],
    ['? a\n: - b', ['a', 0], 'b'],
    ['%TAG ! tag:x,2000:\n--- # c\na: !!str  &x  1', ['a'], '1'],
    ['a: !!str\n  &x "1" # c', ['a'], '"1"'],
    ['a: &x\n- 1\n- - 2\n  -\n  - 3', ['a', 1, 2], '3'],
    ['{"a":{b},c: }', ['a', 'b'], 'b'],
    ['a: >-\n\n  folded\n  text\n', ['a'], '>-'],
  ])('in %j', (source, path, slice) => {
    const value = source.startsWith('[a: b, {c')
      ? { text: source, value: null }
      : parseYaml(source);
    expect(sliceAt(value, locate(value, path))).toBe(slice);
  });

  it('cuts a long text', () => {
    const long = parseYaml(`a: ${'x'.repeat(100)}`);
    expect(sliceAt(long, locate(long, ['a']))).toBe(`${'x'.repeat(59)}…`);
  });
});

describe('a kill in a file that does not parse', () => {
  it.each([
    ['kill: true', true],
    ['\uFEFFkill: true\r\na: [', true],
    ['a: [\nkill:   true  # now\nb', true],
    ['"kill": true', true],
    ['<<<<<<< ours\nkill: true\n=======', true],
    ['kill:true', true],
    ["kill: 'true'", true],
    ['kill: yes', true],
    ['KILL: true', false],
    ["kill: 'no'", false],
    ['kill:', false],
    [' kill: true', false],
    ['# kill: true', false],
    ['kill: false', false],
    ['kill: truely', false],
    ['skill: true', false],
    ['kill: true#not a comment', false],
    ['kill: true #', true],
    ["'kill' \t:\ttrue\t", true],
    ['kill: "true', false],
    ['kill: "', false],
    ['{kill: true', false],
  ])('%j: %s', (text, killed) => {
    expect(looksKilled(text)).toBe(killed);
  });

  it.each([
    ['flag: demo', 'demo'],
    ['"flag" : "demo" # ours', 'demo'],
    ["flag: 'a b'\nflag: b-1.2", 'b-1.2'],
    [' flag: demo', undefined],
    ['flags: demo', undefined],
    ['flag: {a: b}', undefined],
    ['flag:', undefined],
  ])('of %j the flag is %s', (text, flag) => {
    expect(topLevelWord(text, 'flag')).toBe(flag);
  });

  it.each([
    ['kill: and blanks', `kill:${' '.repeat(200_000)}}`],
    ['kill: and tabs', `kill:\t${'\t'.repeat(200_000)}"`],
    ['kill after kill', 'kill: '.repeat(40_000)],
    ['kill, blanks and comments', `kill:${' #'.repeat(100_000)}`],
    ['blanks before the colon', `kill${' '.repeat(200_000)}`],
  ])('reads %s in linear time', (what, text) => {
    expect(withinLimit(what, () => looksKilled(text))).toBe(false);
    expect(withinLimit(what, () => topLevelWord(text, 'kill'))).toBeUndefined();
  });
});
