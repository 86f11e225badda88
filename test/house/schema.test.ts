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
});
