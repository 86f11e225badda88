import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../src/yaml/parse.ts';

interface Action {
  readonly inputs: Readonly<
    Record<string, { readonly description: string; readonly default: string }>
  >;
  readonly outputs: Readonly<Record<string, { readonly description: string }>>;
  readonly branding: { readonly icon: string; readonly color: string };
  readonly runs: { readonly using: string; readonly main: string };
}

const action = parseYaml(readFileSync('action.yml', 'utf8')).value as unknown as Action;
const source = (path: string): string => readFileSync(path, 'utf8');

/** The first arguments of calls to a function, as they stand in the code. */
const named = (text: string, call: string): readonly string[] =>
  [...text.matchAll(new RegExp(`${call}\\('([^']+)'`, 'g'))].map(([, name = '']) => name);

describe('action.yml', () => {
  it('declares the inputs that the code reads, and no others', () => {
    const read = new Set(named(source('src/action/inputs.ts'), 'getInput'));
    expect(Object.keys(action.inputs).sort()).toEqual([...read].sort());
  });

  it('declares the outputs that the code sets, and no others', () => {
    const set = named(source('src/action/report.ts'), 'setOutput');
    expect(Object.keys(action.outputs).sort()).toEqual([...set].sort());
  });

  it('describes each of them, in kebab-case', () => {
    for (const [name, { description }] of Object.entries({ ...action.inputs, ...action.outputs })) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(description).toMatch(/^\S.*\.$/);
    }
  });

  it('runs the bundle on Node 24, and has branding', () => {
    expect(action.runs).toEqual({ using: 'node24', main: 'dist/main.js' });
    expect(action.branding).toEqual({ icon: expect.any(String), color: expect.any(String) });
  });
});
