import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check } from 'recheck';
import { describe, expect, it } from 'vitest';
import { parseAst } from 'vitest/node';

/**
 * Text from outside meets these regular expressions while flags wait for their rollback, so each
 * must need time in proportion to the length of the text. `recheck` decides: it looks for a text
 * that makes V8's matcher slower than that.
 */

/** Expressions that are slower, each beside the limit on what it is given at that very place. */
const BOUNDED: Readonly<Record<string, { readonly file: string; readonly bound: string }>> = {};

/** Where an expression may be made of a string, and why. */
const CONSTRUCTED: Readonly<Record<string, string>> = {
  'src/files/json-schema.ts': 'the patterns of the schemas, which are held to the same below',
};

interface Expression {
  readonly pattern: string;
  readonly flags: string;
  readonly at: string;
}

interface Found {
  readonly expressions: readonly Expression[];
  /** Calls that make an expression of a string. */
  readonly constructs: readonly string[];
}

function sources(dir: string): readonly string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return sources(path);
    return path.endsWith('.ts') ? [path] : [];
  });
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value;

function nodesOf(value: unknown): readonly Node[] {
  if (Array.isArray(value)) return value.flatMap(nodesOf);
  if (!isNode(value)) return [];
  return [value, ...Object.values(value).flatMap(nodesOf)];
}

/** Methods of strings that make an expression of a string they are given. */
const MATCHERS = new Set(['match', 'matchAll', 'search']);

function expressionsIn(path: string, text: string): Found {
  const expressions: Expression[] = [];
  const constructs: string[] = [];
  for (const { regex, callee, start, ...node } of nodesOf(parseAst(text, { lang: 'ts' }))) {
    const at = `${path}:${text.slice(0, start).split('\n').length}`;
    if (regex !== undefined) expressions.push({ ...(regex as Expression), at });
    if (!isNode(callee)) continue;
    const [given] = node.arguments as readonly unknown[];
    const isLiteral =
      isNode(given) && (given.regex !== undefined || /^[A-Z_]+$/.test(String(given.name)));
    const isMatcher = isNode(callee.property) && MATCHERS.has(String(callee.property.name));
    if (callee.name === 'RegExp' || (isMatcher && !isLiteral)) constructs.push(at);
  }
  return { expressions, constructs };
}

/** The patterns in a schema. */
function patternsIn(path: string): readonly Expression[] {
  const found: Expression[] = [];
  JSON.parse(readFileSync(path, 'utf8'), (key, value) => {
    if (key === 'pattern' && typeof value === 'string') {
      found.push({ pattern: value, flags: 'u', at: path });
    }
    return value;
  });
  return found;
}

const FOUND = sources('src').map((path) => expressionsIn(path, readFileSync(path, 'utf8')));
const SCHEMAS = readdirSync('schema').map((name) => join('schema', name));
const EXPRESSIONS = [
  ...FOUND.flatMap(({ expressions }) => expressions),
  ...SCHEMAS.flatMap(patternsIn),
];
const written = ({ pattern, flags }: Pick<Expression, 'pattern' | 'flags'>): string =>
  `/${pattern}/${flags}`;

/** Steps decide, never seconds: a busy machine must not make an expression look slow. */
const BY_STEPS = { timeout: 60_000, attackTimeout: null, incubationTimeout: null };

/** What is wrong with an expression, or `undefined`. */
async function slowness({ pattern, flags }: Expression): Promise<string | undefined> {
  const found = await check(pattern, flags, BY_STEPS);
  if (found.status === 'safe') return undefined;
  if (found.status === 'unknown') return `unknown: ${found.error.kind}`;
  return `${found.complexity.summary}, as with ${found.attack.pattern.slice(0, 100)}`;
}

describe('a regular expression in src/', () => {
  it('is found where one is written, and nowhere else', () => {
    const text = [
      'const a = /a+/u; // /b/',
      "const c = new RegExp('c+', 'g');",
      'const d = RegExp(`d`);',
      "'/e/'.match('f'); text.search(SPACES); text.matchAll(given);",
    ].join('\n');
    const { expressions, constructs } = expressionsIn('x.ts', text);
    expect(expressions.map(written)).toEqual(['/a+/u']);
    expect(constructs).toEqual(['x.ts:2', 'x.ts:3', 'x.ts:4', 'x.ts:4']);
    expect(EXPRESSIONS.length).toBeGreaterThan(150);
  });

  it('is written as a literal, except where the table says why not', () => {
    const places = FOUND.flatMap(({ constructs }) => constructs);
    const files = new Set(places.map((at) => at.replace(/:\d+$/, '')));
    expect([...files].sort(), places.join()).toEqual(Object.keys(CONSTRUCTED).sort());
  });

  it('needs time in proportion to its text, or has a short text by the table', async () => {
    const distinct = new Map(EXPRESSIONS.map((each) => [written(each), each]));
    const slow: Record<string, string> = {};
    const queue = [...distinct.values()];
    // Two at a time: each is decided in a process of its own.
    const work = async (): Promise<void> => {
      for (let next = queue.pop(); next; next = queue.pop()) {
        const why = await slowness(next);
        if (why !== undefined) slow[written(next)] = `${next.at} ${why}`;
      }
    };
    await Promise.all([work(), work()]);
    const unlisted = Object.entries(slow).filter(([literal]) => !(literal in BOUNDED));
    expect(unlisted).toEqual([]);
    // What the table allows is still there, and still needs to be allowed.
    expect(Object.keys(BOUNDED).filter((literal) => !(literal in slow))).toEqual([]);
  });

  it('that is slow is seen to be', async () => {
    const expression = (pattern: string): Expression => ({ pattern, flags: '', at: '' });
    expect(await slowness(expression('^(?:\\s|#[^\\n]*)*$'))).toMatch(/^exponential/);
    expect(await slowness(expression('\\s+$'))).toMatch(/^2nd degree/);
    expect(await slowness(expression('^\\s+'))).toBeUndefined();
  });
});
