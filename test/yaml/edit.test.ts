import { describe, expect, it } from 'vitest';
import { editYaml, type TextEdit } from '../../src/yaml/edit.ts';

const set = (path: string, value: TextEdit['value']): TextEdit => ({
  path: path.split('.'),
  value,
});
const remove = (path: string): TextEdit => ({ path: path.split('.'), value: undefined });

type Example = readonly [what: string, before: string, edit: TextEdit, after: string];

function check(examples: readonly Example[]): void {
  it.each(examples)('%s', (_, before, edit, after) => {
    expect(editYaml(before, [edit])).toBe(after);
  });
}

describe('changing a value', () => {
  check([
    ['keeps the comment', 'a: x   # c\nb: 1\n', set('a', 'z'), 'a: z   # c\nb: 1\n'],
    ['keeps single quotes', "a: 'on'\n", set('a', "it's"), "a: 'it''s'\n"],
    ['keeps double quotes', 'a: "x"\n', set('a', 'y'), 'a: "y"\n'],
    ['unquotes what is no string', "a: 'on'\n", set('a', true), 'a: true\n'],
    ['quotes what 1.1 takes for a boolean', 'a: x\n', set('a', 'off'), "a: 'off'\n"],
    ['quotes a number that is a string', 'a: 1\n', set('a', '2'), "a: '2'\n"],
    ['quotes a colon', 'a: x\n', set('a', 'b: c'), "a: 'b: c'\n"],
    ['escapes a line break', 'a: x\n', set('a', 'b\nc'), 'a: "b\\nc"\n'],
    [
      'leaves a timestamp plain',
      'a: x\n',
      set('a', '2026-12-03T09:05:11Z'),
      'a: 2026-12-03T09:05:11Z\n',
    ],
    ['writes where nothing stood', 'a:  # c\nb: 1\n', set('a', 'x'), 'a: x  # c\nb: 1\n'],
    ['keeps an anchor nobody uses', 'a: &x 1\n', set('a', 2), 'a: &x 2\n'],
    ['drops a tag', 'a: !!str 1\n', set('a', 2), 'a: 2\n'],
    ['replaces an alias where it is used', 'a: &x 1\nb: *x\n', set('b', 2), 'a: &x 1\nb: 2\n'],
    ['replaces several lines', "a: 'x\n  y' # c\nb: 1\n", set('a', 'z'), "a: 'z' # c\nb: 1\n"],
    [
      'keeps the note of a block scalar',
      'a: |  # n\n  x\n\n  y\n\nb: 1\n',
      set('a', 'z'),
      'a: z  # n\n\nb: 1\n',
    ],
    ['keeps its line', 'a:\n  x # c\n', set('a', 'z'), 'a:\n  z # c\n'],
    ['changes a flow value', 'a: {b: x, c: y} # c\n', set('a.b', 'z'), 'a: {b: z, c: y} # c\n'],
    ['quotes more in flow', 'a: {b: x}\n', set('a.b', 'y,z'), "a: {b: 'y,z'}\n"],
    ['gives a value to a bare flow key', 'a: {b}\n', set('a.b', 1), 'a: {b: 1}\n'],
    ['folds a block away', 'a: # c\n  b: 1\nc: 2\n', set('a', 'x'), 'a: x # c\nc: 2\n'],
    ['unfolds a scalar', 'a: x # c\nb: 1\n', set('a', { c: 1 }), 'a: # c\n  c: 1\nb: 1\n'],
    ['changes nothing for the same value', 'a:   0x10\n', set('a', 16), 'a:   0x10\n'],
    [
      'changes only what differs in a mapping',
      'a:\n  b: 1 # c\n  d: 2\n',
      set('a', { b: 1, e: 3 }),
      'a:\n  b: 1 # c\n  e: 3\n',
    ],
    [
      'appends to a sequence',
      'a:\n- {x: 1} # c\nb: 1\n',
      set('a', [{ x: 1 }, { x: 2 }]),
      'a:\n- {x: 1} # c\n- {x: 2}\nb: 1\n',
    ],
    ['drops a tag that no longer fits', 'a: !!seq # c\n- x\n', set('a', 'z'), 'a: z # c\n'],
  ]);
});

describe('adding a key', () => {
  check([
    ['comes last', 'a: 1\nb: 2 # c\n', set('kill', true), 'a: 1\nb: 2 # c\nkill: true\n'],
    ['takes the missing final line break over', 'a: 1', set('kill', true), 'a: 1\nkill: true'],
    ['takes CRLF over', 'a: 1\r\n', set('kill', true), 'a: 1\r\nkill: true\r\n'],
    ['leaves a byte order mark', '\uFEFFa: 1\n', set('a', 2), '\uFEFFa: 2\n'],
    [
      'comes before the end of the document',
      '---\na: 1\n...\n# end\n',
      set('b', 2),
      '---\na: 1\nb: 2\n...\n# end\n',
    ],
    [
      'comes before the comments at the end',
      'a: 1\n\n# end\n',
      set('b', 2),
      'a: 1\nb: 2\n\n# end\n',
    ],
    [
      'comes after comments of the last value',
      'a:\n  - x\n  # - y\n# end\n',
      set('b', 2),
      'a:\n  - x\n  # - y\nb: 2\n# end\n',
    ],
    [
      'comes after comments in an indented mapping',
      'a:\n  b: 1\n  # c\nd: 1\n',
      set('a.e', 2),
      'a:\n  b: 1\n  # c\n  e: 2\nd: 1\n',
    ],
    ['creates what is missing', 'a: 1\n', set('status.phase', 'x'), 'a: 1\nstatus:\n  phase: x\n'],
    [
      'fills what is empty',
      'status: # c\nb: 1\n',
      set('status.phase', 'x'),
      'status: # c\n  phase: x\nb: 1\n',
    ],
    ['fills null', 'status: ~ # c\n', set('status.phase', 'x'), 'status: # c\n  phase: x\n'],
    ['fills braces', 'status: { } # c\n', set('status.phase', 'x'), 'status: {phase: x} # c\n'],
    ['adds to braces', 'status: {a: 1}\n', set('status.phase', 'x'), 'status: {a: 1, phase: x}\n'],
    ['adds before a trailing comma', 'a: {b: 1,}\n', set('a.c', 2), 'a: {b: 1, c: 2,}\n'],
    [
      'uses the indentation of the mapping',
      'a:\n     b: 1\n',
      set('a.c', { d: 1 }),
      'a:\n     b: 1\n     c:\n          d: 1\n',
    ],
    [
      'comes after the blank lines that a value keeps',
      'a: |+\n  x\n\n',
      set('b', 1),
      'a: |+\n  x\n\nb: 1\n',
    ],
    ['comes after a block scalar', 'a: |\n  x\n\n# c\n', set('b', 1), 'a: |\n  x\nb: 1\n\n# c\n'],
    [
      'writes approvals a line each',
      'status:\n  phase: x\n',
      set('status.approvals', [{ by: 'ada', at: '2026-12-03T09:05:11Z' }, { by: 'on' }]),
      "status:\n  phase: x\n  approvals:\n    - {by: ada, at: '2026-12-03T09:05:11Z'}\n    - {by: 'on'}\n",
    ],
    [
      'writes a baseline down the page',
      'status:\n    phase: x\n',
      set('status.baseline', { 'error-rate': 0.01, p99: 1e-9 }),
      'status:\n    phase: x\n    baseline:\n        error-rate: 0.01\n        p99: 1.0e-9\n',
    ],
    ['quotes a key', 'a: 1\n', set('on', 1), "a: 1\n'on': 1\n"],
  ]);
});

describe('removing a key', () => {
  check([
    ['takes its line and comment', 'a: 1\nb: 2 # c\n# d\nc: 3\n', remove('b'), 'a: 1\n# d\nc: 3\n'],
    ['takes what belongs to it', 'a:\n  b: 1\n  # c\n\n# d\nc: 3\n', remove('a'), '\n# d\nc: 3\n'],
    ['leaves the missing final line break', 'a: 1\nb: 2', remove('b'), 'a: 1'],
    ['leaves it under CRLF too', 'a: 1\r\nb: 2', remove('b'), 'a: 1'],
    ['leaves a byte order mark', '\uFEFFa: 1\nb: 2\n', remove('a'), '\uFEFFb: 2\n'],
    [
      'leaves an empty mapping',
      'a: # c\n  # d\n  b: 1 # e\nf: 1\n',
      remove('a.b'),
      'a: {} # c\n  # d\nf: 1\n',
    ],
    ['leaves an empty document', '# c\na: 1\n', remove('a'), '# c\n{}\n'],
    ['does not mind what is not there', 'a: 1\n', remove('status.phase'), 'a: 1\n'],
    ['takes the comma after it', 'a: {b: 1, c: 2}\n', remove('a.b'), 'a: {c: 2}\n'],
    ['takes the comma before it', 'a: {b: 1, c: 2 }\n', remove('a.c'), 'a: {b: 1 }\n'],
    ['leaves empty braces', 'a: { b: 1, }\n', remove('a.b'), 'a: {}\n'],
    [
      'takes its line in braces',
      'a: {\n  b: 1, # x\n  c: 2, # y\n  }\n',
      remove('a.b'),
      'a: {\n  c: 2, # y\n  }\n',
    ],
    [
      'leaves the comments of others',
      'a: {\n  b: 1, # x\n  c: 2 # y\n  }\n',
      remove('a.c'),
      'a: {\n  b: 1, # x\n  }\n',
    ],
    [
      'leaves the comment in the way',
      'a: {b: 1 # x\n  , c: 2}\n',
      remove('a.b'),
      'a: { # x\n   c: 2}\n',
    ],
    [
      'gives no blank lines to the value above',
      'a: |+\n  x\nb: 1\n\nc: 2\n',
      remove('b'),
      'a: |+\n  x\nc: 2\n',
    ],
    [
      'gives it no lines of spaces',
      'a: |\n x\nb: |\n   \n\nc: 1\n',
      remove('b'),
      'a: |\n x\n\nc: 1\n',
    ],
    ['leaves those that are its own', 'a: |+\n  x\n\nb: 1', remove('b'), 'a: |+\n  x\n\n'],
  ]);
});

it('changes the phase and nothing else in a whole file', () => {
  const file = (phase: string) =>
    `# rollout\r\nflag: new-checkout   # one page\r\nowners: [ '@acme/payments' ]\r\n\r\nstatus:   # by Sluice\r\n    phase: ${phase}  # now\r\n    stage: "canary"\r\n`;
  expect(editYaml(file('progressing'), [set('status.phase', 'paused')])).toBe(file('paused'));
});

describe('what is refused', () => {
  it.each<readonly [string, string, TextEdit]>([
    ['a mapping behind an alias', 'a: &x {b: 1}\nstatus: *x\n', set('status.b', 2)],
    ['an anchor used elsewhere', 'status: &x\n  b: 1\nc: *x\n', set('status.b', 2)],
    ['taking away an anchor in use', 'status: &x {b: 1}\nc: *x\n', remove('status')],
    ['a key written with a question mark', '? a\n: 1\n', set('a', 2)],
    ['a path through a scalar', 'status: 1\n', set('status.phase', 'x')],
    ['a file that is a list', '- a\n', set('kill', true)],
    ['an unsafe key', 'a: 1\n', set('__proto__', 1)],
    ['a number that is none', 'a: 1\n', set('a', Number.NaN)],
    ['an empty path', 'a: 1\n', { path: [], value: 1 }],
  ])('%s', (_, text, edit) => {
    expect(() => editYaml(text, [edit])).toThrow(
      expect.objectContaining({
        code: 'edit-refused',
        message: expect.stringContaining('by hand'),
      }),
    );
  });

  it('a file that does not load, with its own error', () => {
    expect(() => editYaml('a: [', [set('kill', true)])).toThrow(
      expect.objectContaining({ code: 'syntax' }),
    );
  });
});

describe('through the items of a list', () => {
  const at = (path: TextEdit['path'], value: TextEdit['value']): TextEdit => ({ path, value });
  check([
    [
      'changes a value and nothing beside it',
      'a:\n- n: x # c\n  w:  1   # d\n- {n: y,  w: 2}\n',
      at(['a', 0, 'w'], 5),
      'a:\n- n: x # c\n  w:  5   # d\n- {n: y,  w: 2}\n',
    ],
    [
      'changes one in braces',
      'a: [{w: 1}, {w: 2}] # c\n',
      at(['a', 1, 'w'], 5),
      'a: [{w: 1}, {w: 5}] # c\n',
    ],
    [
      'changes the first key of an item',
      'a:\n  - w: 1\n    n: x\n',
      at(['a', 0, 'w'], 5),
      'a:\n  - w: 5\n    n: x\n',
    ],
    [
      'adds a key',
      'a:\n  - n: x # c\n  - n: y\n',
      at(['a', 0, 'w'], 5),
      'a:\n  - n: x # c\n    w: 5\n  - n: y\n',
    ],
    [
      'adds what the path needs',
      'a:\n- n: x\n',
      at(['a', 0, 'm', 'v'], 0),
      'a:\n- n: x\n  m:\n    v: 0\n',
    ],
    ['leads through a list in a list', 'a:\n- - w: 1\n', at(['a', 0, 0, 'w'], 5), 'a:\n- - w: 5\n'],
    ['removes a key', 'a:\n- n: x\n  w: 1\n', at(['a', 0, 'w'], undefined), 'a:\n- n: x\n'],
    ['removes nothing where there is no item', 'a: []\n', at(['a', 0, 'w'], undefined), 'a: []\n'],
    ['keeps CRLF', 'a:\r\n- n: x\r\n', at(['a', 0, 'w'], 5), 'a:\r\n- n: x\r\n  w: 5\r\n'],
  ]);

  it.each([
    ['an item itself', 'a: [1, 2]\n', at(['a', 0], 5), 'no item of a list holds it'],
    [
      'an item that is not there',
      'a: [{w: 1}]\n',
      at(['a', 1, 'w'], 5),
      'no item of a list holds it',
    ],
    ['what is in no list', 'a: {w: 1}\n', at(['a', 0, 'w'], 5), 'no item of a list holds it'],
    ['an item that is no mapping', 'a: [1]\n', at(['a', 0, 'w'], 5), 'no mapping'],
    ['an item behind an alias', 'x: &x {w: 1}\na: [*x]\n', at(['a', 0, 'w'], 5), 'alias'],
    ['an item that an alias repeats', 'a: [&x {w: 1}, *x]\n', at(['a', 0, 'w'], 5), 'another part'],
    [
      'the first key of an item away',
      'a:\n- w: 1\n  n: x\n',
      at(['a', 0, 'w'], undefined),
      'begins an item',
    ],
  ])('refuses %s', (_, before, edit, reason) => {
    expect(() => editYaml(before, [edit])).toThrow(reason);
  });
});
