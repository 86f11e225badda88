import fc from 'fast-check';

/**
 * YAML files as people write them, as text: generated from the outside, so that nothing of how
 * the editor sees them gets in. A document is made of pieces; each says whose it is, so that a
 * test knows which ones an edit may touch.
 */

export interface Piece {
  readonly text: string;
  /** The path of keys it belongs to; `undefined` for comments nobody owns. */
  readonly owner: readonly string[] | undefined;
}

export interface Written {
  readonly text: string;
  readonly pieces: readonly Piece[];
}

const { constantFrom: pick, constant, tuple, oneof, record, option, array, integer, boolean } = fc;

const comment = pick('# note', '#', '# a: b', "# it's {", '#! - x', '# kill: true');
const lineComment = oneof(
  { weight: 3, arbitrary: constant('') },
  comment.map((text) => ` ${text}`),
  comment.map((text) => `   ${text}`),
  constant('  '),
);

const words = pick(
  'canary',
  'two words',
  '1',
  '0x1F',
  '-1.5e3',
  'true',
  'on',
  '~',
  'null',
  '2026-12-03T09:05:11Z',
  '12:30',
  'a:b',
  "it's",
  'x#y',
  'ünï 🚦',
  '1%',
);
const quoted = pick(
  `'on'`,
  `'it''s # not: a comment'`,
  `"a: \\"b\\" \\n # c"`,
  `''`,
  `""`,
  `"\\u263A, {}"`,
  `'- x'`,
);
const flowScalar = oneof(
  words.filter((word) => !/[:]/.test(word)),
  quoted,
);
const flowKey = pick('a', 'b', 'phase', 'stage', `'since'`, '"reason"', 'two words');
const gap = (pad: string) =>
  pick(
    '',
    ' ',
    '  ',
    `\n${pad}`,
    ` # in flow\n${pad}`,
    `\n\n${pad}  `,
    `\n${pad}# own line\n${pad}`,
  );

/** Between brackets, on one line or several. `pad` is the least indentation. */
function flow(pad: string, depth = 0): fc.Arbitrary<string> {
  const value: fc.Arbitrary<string> =
    depth > 1 ? flowScalar : oneof(flowScalar, flow(pad, depth + 1));
  const entry = tuple(pick(': ', ' : ', ':  '), oneof(value, constant(''))).map(
    ([colon, text]) => colon + text,
  );
  const item = tuple(gap(pad), value, gap(pad)).map(
    ([before, text, after]) => before + text + after,
  );
  const pair = (key: string) =>
    tuple(gap(pad), oneof({ weight: 6, arbitrary: entry }, constant('')), gap(pad)).map(
      ([before, text, after]) => before + key + text + after,
    );
  const sequence = tuple(array(item, { maxLength: 3 }), boolean()).map(([items, trailing]) =>
    items.length > 0 ? `[${items.join(',')}${trailing ? ',' : ''}]` : '[]',
  );
  const mapping = tuple(fc.uniqueArray(flowKey, { maxLength: 3 }), boolean(), gap(pad)).chain(
    ([keys, trailing, blank]) =>
      tuple(...keys.map(pair)).map((pairs) =>
        pairs.length > 0 ? `{${pairs.join(',')}${trailing ? ',' : ''}}` : `{${blank}}`,
      ),
  );
  return oneof(sequence, mapping);
}

/** An anchor or a tag before a value, now and then. */
const property = (...choices: string[]) =>
  oneof(
    { weight: 12, arbitrary: constant('') },
    pick(...choices).map((text) => ` ${text}`),
  );
const onScalar = property('&anchor', '!!str', '&b2 !!str', '! &c');
const onAnything = property('&anchor', '! &c');

/** What follows `key:` in a block mapping whose keys are indented by `indent`, with its line break. */
function blockValue(indent: number, depth: number): fc.Arbitrary<string> {
  const inner = (more: number) => ' '.repeat(indent + more);
  const beside = tuple(pick(' ', '   '), oneof(words, quoted, flow(inner(1))), lineComment).map(
    ([space, text, tail]) => `${space}${text}${tail}\n`,
  );
  const below = tuple(
    lineComment,
    integer({ min: 1, max: 4 }),
    oneof(words, quoted),
    lineComment,
  ).map(([head, more, text, tail]) => `${head}\n${inner(more)}${text}${tail}\n`);
  const multiline = tuple(integer({ min: 1, max: 3 }), pick("'", '"', ''), lineComment).map(
    ([more, quote, tail]) =>
      ` ${quote}one\n${inner(more)}two\n\n${inner(more)}three${quote}${tail}\n`,
  );
  const block = tuple(
    pick('|', '>', '|-', '>-', '|+', '>+'),
    lineComment,
    integer({ min: 1, max: 4 }),
    array(pick('text', '# no comment', 'a: b', '', '  deeper', '- x'), { maxLength: 4 }),
    pick('', '\n', '\n\n', '   \n'),
  ).map(([header, tail, more, lines, blank]) => {
    const body = lines.map((line) => (line === '' ? '\n' : `${inner(more)}${line}\n`)).join('');
    return ` ${header}${tail}\n${body}${blank}`;
  });
  const empty = lineComment.map((tail) => `${tail}\n`);
  const besideScalar = tuple(onScalar, oneof(words, quoted), lineComment).map(
    ([props, text, tail]) => `${props} ${text}${tail}\n`,
  );
  const scalars = tuple(onScalar, oneof(below, multiline, block, empty)).map((parts) =>
    parts.join(''),
  );
  if (depth >= 2) return oneof(besideScalar, beside, scalars);
  const collections = tuple(
    onAnything,
    oneof(beside, blockSequence(indent, depth), nestedMapping(indent, depth)),
  ).map((parts) => parts.join(''));
  return oneof(besideScalar, scalars, collections);
}

function blockSequence(indent: number, depth: number): fc.Arbitrary<string> {
  return tuple(lineComment, integer({ min: 0, max: 3 })).chain(([tail, more]) => {
    const pad = ' '.repeat(indent + more);
    const scalarItem = tuple(oneof(words, quoted, flow(`${pad} `)), lineComment).map(
      ([text, end]) => `${pad}- ${text}${end}\n`,
    );
    const mappingItem = blockValue(indent + more + 2, depth + 1).map(
      (value) => `${pad}- k:${value}${pad}  l: 1\n`,
    );
    return array(oneof(scalarItem, scalarItem, mappingItem), { minLength: 1, maxLength: 3 }).map(
      (items) => `${tail}\n${items.join('')}`,
    );
  });
}

function nestedMapping(indent: number, depth: number): fc.Arbitrary<string> {
  return tuple(lineComment, integer({ min: 1, max: 4 })).chain(([tail, more]) =>
    entries(indent + more, ['phase', 'since', 'x'], depth + 1).map(
      (pieces) => `${tail}\n${joined(pieces).replace(/(?:\n *(?:#.*)?)+\n$/, '\n')}`,
    ),
  );
}

/** Comments and blank lines after the last entry belong to nobody in particular: left out. */
function joined(pieces: readonly Piece[]): string {
  return pieces.map(({ text }) => text).join('');
}

const writeKey = (key: string) => pick(key, key, key, `'${key}'`, `"${key}"`);

/** Entries of a block mapping with comments and blank lines between them. */
function entries(
  indent: number,
  keys: readonly string[],
  depth: number,
  path: readonly string[] = [],
): fc.Arbitrary<Piece[]> {
  const pad = ' '.repeat(indent);
  const between = (key: string): fc.Arbitrary<Piece[]> =>
    oneof<fc.MaybeWeightedArbitrary<Piece[]>[]>(
      { weight: 4, arbitrary: constant([]) },
      constant([{ text: '\n', owner: [...path, key] }]),
      comment.map((text) => [{ text: `${text}\n`, owner: path.length > 0 ? path : undefined }]),
      comment.map((text) => [
        { text: `${pad}${text}\n`, owner: path.length > 0 ? [...path, '#'] : undefined },
      ]),
      comment.map((text) => [{ text: `${pad}   ${text}\n`, owner: [...path, key] }]),
    );
  const entry = (key: string): fc.Arbitrary<Piece[]> =>
    tuple(writeKey(key), pick('', '', ' '), blockValue(indent, depth), between(key)).map(
      ([name, space, value, after]) => [
        { text: `${pad}${name}${space}:${value}`, owner: [...path, key] },
        ...after,
      ],
    );
  return fc
    .subarray([...keys], { minLength: 1 })
    .chain((chosen) => fc.shuffledSubarray(chosen, { minLength: chosen.length }))
    .chain((chosen) => tuple(...chosen.map(entry)))
    .map((pieces) => pieces.flat());
}

const STATUS_KEYS = ['phase', 'stage', 'since', 'approvals', 'baseline', 'reason'];

/** The `status` part in all the shapes it comes in. */
const status: fc.Arbitrary<Piece[]> = oneof<fc.MaybeWeightedArbitrary<Piece[]>[]>(
  constant([]),
  constant([{ text: '# status: {}\n', owner: undefined }]),
  tuple(pick('', ' ~', ' null', ' {}', ' { }', ' {\n   # none\n  }'), lineComment).map(
    ([text, tail]) => [{ text: `status:${text}${tail}\n`, owner: ['status'] }],
  ),
  tuple(flow('  '), lineComment).map(([text, tail]) => [
    { text: `status: ${text}${tail}\n`, owner: ['status'] },
  ]),
  ...[1, 2, 3, 4].map((indent) =>
    tuple(lineComment, entries(indent, STATUS_KEYS, 1, ['status'])).map(([tail, pieces]) => [
      { text: `status:${tail}\n`, owner: ['status'] },
      ...pieces,
    ]),
  ),
);

const TOP_KEYS = ['flag', 'owners', 'stages', 'checks', 'variants', 'kill', 'expires'];

/** Whole files. Some few are not YAML after all: tests skip those. */
export const writtenDocument: fc.Arbitrary<Written> = record({
  bom: pick('', '', '', '\uFEFF'),
  opening: pick('', '', '', '---\n', '--- # begins\n', '# header\n\n', '%YAML 1.2\n---\n', '\n'),
  before: option(entries(0, TOP_KEYS.slice(0, 3), 0), { nil: [] }),
  status,
  after: option(entries(0, TOP_KEYS.slice(3), 0), { nil: [] }),
  closing: pick(
    '',
    '',
    '',
    '...\n',
    '\n',
    '# end\n',
    '\n# end\n\n',
    '  # indented end\n',
    '...\n# end\n',
  ),
  lineBreak: pick('\n', '\n', '\r\n'),
  finalBreak: boolean(),
}).map(({ bom, opening, before, status, after, closing, lineBreak, finalBreak }) => {
  // An indented comment belongs to the last entry, whichever that is.
  const ends: Piece = { text: closing, owner: closing.startsWith(' ') ? [] : undefined };
  const begins: Piece = { text: bom + opening, owner: undefined };
  const inFile = (text: string) => text.replaceAll('\n', lineBreak);
  const pieces = [begins, ...before, ...status, ...after, ends].map(({ text, owner }) => ({
    text: inFile(text),
    owner,
  }));
  const text = joined(pieces);
  return { text: finalBreak ? text : text.replace(/\r?\n$/, ''), pieces };
});

const awkward = pick(
  ...[
    'on',
    'y',
    'No',
    'null',
    '~',
    '',
    ' ',
    '1',
    '1_000',
    '0o17',
    '1e3',
    '.5',
    '12:30:45',
    '<<',
    '=',
  ],
  ...[
    'a: b',
    'a #b',
    '#a',
    '- a',
    '-',
    '?',
    '*a',
    '&a',
    '!a',
    '|',
    '>',
    '%a',
    '@a',
    '`a',
    '"a"',
    "'a'",
  ],
  ...[
    'a,b',
    '[a]',
    '{a}',
    'a:',
    ':a',
    'a\nb',
    'a\r\nb',
    '\ta',
    'a ',
    'ünï 🚦',
    '\u2028',
    '\u00A0',
    '\uFEFF',
  ],
  ...[
    '2026-12-03T09:05:11Z',
    '2026-12-03',
    '---',
    '...',
    '--- a',
    "it's",
    'C:\\x',
    '\uD800',
    '.inf',
    '0x1F',
  ],
);

/** Strings of all kinds, the awkward ones above all. */
export const anyString = oneof(awkward, fc.string(), fc.string({ unit: 'binary', maxLength: 5 }));

const scalar = oneof(anyString, integer(), boolean(), constant(null), pick(0.5, 1e21, 1e-9, -0.25));

/** Values as the bot writes them, and some that it does not. */
export const anyValue = oneof(
  { weight: 4, arbitrary: scalar },
  array(record({ by: anyString, at: pick('2026-12-03T09:05:11Z'), stage: anyString }), {
    maxLength: 3,
  }),
  fc.dictionary(pick('error-rate', 'on', '1', 'a: b', 'x'), oneof(integer(), scalar), {
    maxKeys: 3,
  }),
  array(scalar, { maxLength: 3 }),
  constant({ phase: 'canary', approvals: [{ by: 'a' }], baseline: { x: { y: [1, [2]] } } }),
);

const anyPath = oneof(
  { weight: 6, arbitrary: pick(...STATUS_KEYS).map((key) => ['status', key]) },
  { weight: 2, arbitrary: pick(['status'], ['kill']) },
  { weight: 2, arbitrary: pick(...TOP_KEYS, 'new', 'a: b', '1').map((key) => [key]) },
  {
    weight: 1,
    arbitrary: pick(['status', 'baseline', 'x'], ['variants', 'phase'], ['status', 'on']),
  },
);

/** An edit to any of those files. */
export const anyEdit = tuple(
  anyPath,
  oneof({ weight: 3, arbitrary: anyValue }, constant(undefined)),
).map(([path, value]) => ({ path, value }));
