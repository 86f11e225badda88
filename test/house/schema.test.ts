import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

type Node = Readonly<Record<string, unknown>>;

const read = (name: string): Node =>
  JSON.parse(readFileSync(`schema/${name}.schema.json`, 'utf8')) as Node;

/** Every property of every object in a schema, by its path. */
function properties(node: unknown, path = ''): readonly (readonly [string, Node])[] {
  if (typeof node !== 'object' || node === null) return [];
  const own = Object.entries((node as { properties?: Node }).properties ?? {}).map(
    ([key, value]) => [`${path}.${key}`, value as Node] as const,
  );
  const below = Object.entries(node).flatMap(([key, value]) => properties(value, `${path}/${key}`));
  return [...own, ...below];
}

describe.each(['rollout', 'config'])('the %s schema', (name) => {
  const schema = read(name);

  it('says of every key what it is for, for editors and the reference page', () => {
    const silent = properties(schema)
      .filter(
        ([path, node]) => typeof node.description !== 'string' && !/\/(?:if|then|else)/.test(path),
      )
      .map(([path]) => path);
    expect(silent).toEqual([]);
  });

  it('closes every mapping, so that a slip is an error', () => {
    const open = Object.entries((schema.$defs ?? {}) as Record<string, Node>)
      .filter(([, node]) => node.properties !== undefined && node.if === undefined)
      .filter(([, node]) => node.additionalProperties !== false)
      .map(([key]) => key);
    expect(open).toEqual([]);
    expect(schema.additionalProperties).toBe(false);
  });

  it('bounds every text, list and mapping', () => {
    expect(unbounded(schema)).toEqual([]);
  });
});

it('finds what has no bound', () => {
  const text = { type: 'string', pattern: '^(?!.*x)[*+a-z]{1,9}(?:\\+\\d{1,3})?$' };
  expect(unbounded({ a: text, b: { type: 'string', maxLength: 9 }, c: { enum: ['x'] } })).toEqual(
    [],
  );
  expect(
    unbounded({
      a: { ...text, pattern: '^a+$' },
      b: { ...text, pattern: '^a{2,}$' },
      c: { ...text, pattern: 'a' },
      d: { type: ['string', 'null'] },
      e: { type: 'array', items: text },
      f: { type: 'object', additionalProperties: text },
    }),
  ).toEqual(['/a', '/b', '/c', '/d', '/e', '/f']);
});

/** The places of a schema where a value may be as long as it likes. */
function unbounded(node: unknown, path = ''): readonly string[] {
  if (typeof node !== 'object' || node === null) return [];
  const schema = node as Node;
  const types = [schema.type].flat();
  const bounded =
    'enum' in schema ||
    'const' in schema ||
    types.every((type) => {
      if (type === 'string') return 'maxLength' in schema || endsByItself(schema.pattern);
      if (type === 'array') return 'maxItems' in schema;
      if (type !== 'object') return true;
      return 'maxProperties' in schema || 'if' in schema || schema.additionalProperties === false;
    });
  const below = Object.entries(schema)
    // A condition asks what a value is, and bounds nothing.
    .filter(([key]) => key !== 'if')
    .flatMap(([key, value]) => unbounded(value, `${path}/${key}`));
  return bounded ? below : [path, ...below];
}

/** Whether what a pattern matches has an end: from `^` to `$`, and without `*`, `+` or `{2,}`. */
function endsByItself(pattern: unknown): boolean {
  if (typeof pattern !== 'string' || !/^\^.*\$$/.test(pattern)) return false;
  const bare = pattern
    .replace(/\(\?![^()]*(?:\([^()]*\)[^()]*)*\)/g, '')
    .replace(/\\./g, 'x')
    .replace(/\[[^\]]*\]/g, 'x');
  return !/[*+]|\{\d+,\}/.test(bare);
}
