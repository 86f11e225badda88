import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ALL_RULES } from '../../src/review/rules.ts';

const ids = ALL_RULES.map(({ id }) => id);

it('the schema lists every rule of the registry, and no other', () => {
  const { $defs } = JSON.parse(readFileSync('schema/config.schema.json', 'utf8'));
  const listed = $defs.policy.properties.rules.propertyNames.enum;
  expect(listed, 'policy.rules in schema/config.schema.json').toEqual(ids);
});

it('a rule is in the file that has its name', () => {
  // Reading the config checks those about the config alone: src/files/config/rules.ts has them.
  const own = ALL_RULES.filter(({ about }) => about !== 'config').map(({ id }) => `${id}.ts`);
  expect(readdirSync('src/review/rules').sort()).toEqual(own.sort());
  for (const file of own) {
    expect(readFileSync(`src/review/rules/${file}`, 'utf8')).toContain(
      `id: '${file.replace(/\.ts$/, '')}'`,
    );
  }
});
