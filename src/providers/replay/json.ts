import { BrokenRecording, type Row, type Rows, readTime, readValue } from './recording.ts';

interface Token {
  readonly text: string;
  readonly line: number;
}

/** White space, then a string, a number or word, or a mark. */
const TOKEN = /(\s*)("[^"\\]*(?:\\.[^"\\]*)*"|[-+.\w]+|[[\]{},:])/y;

/**
 * Reads a recording in JSON: `{ "<series>": [[time, value], …] }`, a value being a number, `null` or
 * "" for no data, or "NaN", "Inf", "-Inf".
 *
 * JSON.parse says neither on which line a file is broken nor where a value stood that is valid JSON
 * and no recording: hence a reader of our own, for just this shape.
 *
 * @throws BrokenRecording naming the line.
 */
export function readJson(text: string): Rows {
  const rows: Row[] = [];
  const names = new Set<string>();
  const tokens = tokenize(text.replace(/^\ufeff/, ''));
  list(tokens, '{', '}', () => {
    const key = tokens.next();
    const series = stringOf(key);
    if (series === undefined) throw unexpected(key, 'the name of a series in double quotes');
    if (names.has(series)) throw new BrokenRecording(key.line, 'the series is given twice');
    names.add(series);
    expect(tokens, ':');
    list(tokens, '[', ']', () => {
      expect(tokens, '[');
      const { text: time, line } = scalar(tokens);
      expect(tokens, ',');
      const value = scalar(tokens);
      expect(tokens, ']');
      rows.push({
        line,
        series,
        at: readTime(time, line),
        value: readValue(value.text, value.line),
      });
    });
  });
  const rest = tokens.next();
  if (rest.text !== '') throw unexpected(rest, 'the end of the file');
  return { rows, names };
}

interface Tokens {
  next(): Token;
  /** The text of the next token, which stays the next. */
  peek(): string;
}

/** At the end, and at what is no token, the text is empty or the rest of the line. */
function tokenize(source: string): Tokens {
  let position = 0;
  let line = 1;
  let ahead: Token | undefined;
  const read = (): Token => {
    TOKEN.lastIndex = position;
    const match = TOKEN.exec(source);
    if (match === null) {
      const [space = ''] = /^\s*/.exec(source.slice(position)) ?? [];
      const [text = ''] = source.slice(position + space.length).split('\n', 1);
      position = source.length;
      return { text, line: line + breaks(space) };
    }
    const [all, space = '', text = ''] = match;
    position += all.length;
    const begins = line + breaks(space);
    line += breaks(all);
    return { text, line: begins };
  };
  const peek = () => {
    ahead ??= read();
    return ahead.text;
  };
  const next = () => {
    const token = ahead ?? read();
    ahead = undefined;
    return token;
  };
  return { next, peek };
}

/** Reads what stands between two brackets, separated by commas. */
function list(tokens: Tokens, open: string, close: string, item: () => void): void {
  expect(tokens, open);
  if (tokens.peek() === close) {
    tokens.next();
    return;
  }
  for (;;) {
    item();
    const separator = tokens.next();
    if (separator.text === close) return;
    if (separator.text !== ',') throw unexpected(separator, `“,” or “${close}”`);
  }
}

function expect(tokens: Tokens, text: string): void {
  const token = tokens.next();
  if (token.text !== text) throw unexpected(token, `“${text}”`);
}

function unexpected({ text, line }: Token, expected: string): BrokenRecording {
  const found = text === '' ? 'the file ends' : `“${text.slice(0, 40)}” stands`;
  return new BrokenRecording(line, `${found} where ${expected} is expected`);
}

/** A number, a word or what a string says; `null` says nothing. */
function scalar(tokens: Tokens): Token {
  const token = tokens.next();
  if (token.text === '' || /^[[\]{},:]/.test(token.text))
    throw unexpected(token, 'a time or a value');
  if (token.text === 'null') return { text: '', line: token.line };
  return { text: (stringOf(token) ?? token.text).trim(), line: token.line };
}

/** What a string in double quotes says, or `undefined` where the token is none. */
function stringOf({ text, line }: Token): string | undefined {
  if (!text.startsWith('"')) return undefined;
  try {
    return String(JSON.parse(text));
  } catch {
    throw new BrokenRecording(
      line,
      'the string does not end, or holds a line break or a wrong escape',
    );
  }
}

function breaks(text: string): number {
  return text.split('\n').length - 1;
}
