import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampled } from '../support/sampled.ts';
import { RECIPES, type Step } from './recipes.ts';

/** The source, in a folder that nobody else looks into. */
let house = '';

beforeAll(async () => {
  house = await mkdtemp(join(tmpdir(), 'sluice-recipes-'));
  for (const part of ['src', 'schema', 'package.json']) {
    await cp(part, join(house, part), { recursive: true });
  }
  const config = JSON.parse(await readFile('tsconfig.json', 'utf8'));
  await writeFile(join(house, 'tsconfig.json'), JSON.stringify({ ...config, include: ['src'] }));
  await symlink(resolve('node_modules'), join(house, 'node_modules'));
});

afterAll(() => rm(house, { recursive: true, force: true }));

async function take(step: Step): Promise<void> {
  const path = join(house, step.file);
  if ('copy' in step) {
    await mkdir(dirname(path), { recursive: true });
    await cp(`test/recipes/files/${step.copy}.ts.txt`, path);
    return;
  }
  const text = await readFile(path, 'utf8');
  const at = text.indexOf(step.before);
  if (at < 0) throw new Error(`${step.file} has no ${step.before}: the recipe is out of date`);
  await writeFile(path, text.slice(0, at) + step.put + text.slice(at));
}

/** Makes the changes, has the compiler look, and takes them back. */
async function compiled(steps: readonly Step[]): Promise<string> {
  try {
    for (const step of steps) await take(step);
    const tsc = resolve('node_modules/.bin/tsc');
    await promisify(execFile)(tsc, ['--noEmit', '--pretty', 'false'], { cwd: house });
    return '';
  } catch (error) {
    if (error instanceof Error && 'stdout' in error) return String(error.stdout);
    throw error;
  } finally {
    for (const { file } of steps) {
      await rm(join(house, file), { force: true });
      await cp(file, join(house, file)).catch(() => undefined);
    }
  }
}

describe.each(sampled('recipes', RECIPES, 0.5))('$name', ({ name, begins, asked }) => {
  it('compiles once all of it is done', async () => {
    expect(await compiled([...begins, ...asked.flatMap(({ lines }) => lines)])).toBe('');
  });

  it.each(sampled(`recipe ${name}`, [...asked.keys()], 0.5))(
    'does not without line %i, and the compiler names its file',
    async (left) => {
      const others = asked.filter((_, place) => place !== left).flatMap(({ lines }) => lines);
      expect(await compiled([...begins, ...others])).toContain(asked[left]?.names);
    },
  );
});
