import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  validateConfigFile as guardConfigFile,
  validateRolloutFile as guardRolloutFile,
} from '../../src/generated/guards.js';
import { validateConfigFile, validateRolloutFile } from '../../src/generated/validators.js';
import type { Json } from '../../src/yaml/json.ts';
import { parseYaml } from '../../src/yaml/parse.ts';

/** What is put in the place of a value. */
const OTHERS: readonly Json[] = [null, -1, 1e9, '', '5%', 'something else', [], {}, true];

/** A value, and what it becomes when one thing in it is missing, another, or new. */
function* variations(value: Json): Generator<Json> {
  yield value;
  yield* OTHERS;
  if (Array.isArray(value)) {
    yield [...value, ...value];
    for (const [index, item] of value.slice(0, 3).entries()) {
      for (const other of variations(item)) yield value.with(index, other);
    }
  } else if (typeof value === 'object' && value !== null) {
    yield { ...value, unheard: 'of' };
    for (const [key, item] of Object.entries(value)) {
      const { [key]: _, ...rest } = value as Record<string, Json>;
      yield rest;
      for (const other of variations(item)) yield { ...value, [key]: other };
    }
  }
}

/** The values of the files in a folder that are YAML, less a few that are large. */
function valuesIn(folder: string): readonly Json[] {
  return readdirSync(folder).flatMap((name) => {
    try {
      return [parseYaml(readFileSync(`${folder}/${name}`, 'utf8'), { maxLength: 4000 }).value];
    } catch {
      return [];
    }
  });
}

describe('what only says whether a file is valid agrees with what also says why not', () => {
  it.each([
    {
      folders: ['rollouts', 'test/corpus/rollouts'],
      guard: guardRolloutFile,
      validate: validateRolloutFile,
    },
    { folders: ['test/corpus/config'], guard: guardConfigFile, validate: validateConfigFile },
  ])('in $folders', ({ folders, guard, validate }) => {
    let compared = 0;
    for (const file of folders.flatMap(valuesIn)) {
      for (const value of variations(file)) {
        if (guard(value) !== validate(value)) expect.fail(JSON.stringify(value));
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(3000);
  });
});
