import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { COMMANDS } from '../../src/terminal/commands/index.ts';

it('every file of src/terminal/commands/ is a command in its index', () => {
  const files = readdirSync('src/terminal/commands')
    .map((file) => file.replace(/\.ts$/, ''))
    .filter((name) => name !== 'index');
  expect(files.sort()).toEqual(COMMANDS.map(({ name }) => name).sort());
});
