import { load } from 'js-yaml';
import { validate as review } from '../src/commands/validate.ts';
import { validateRolloutFile } from '../src/generated/validators.js';
import { fastest, rolloutText } from './measure.ts';
import type { Bench } from './run.ts';

const FILES = 10_000;
const RUNS = 5;

const CONFIG = `providers: {prod: {type: prometheus, url: 'https://prometheus.example.com'}}
metrics:
  conversion: {kind: gauge, unit: ratio, category: business, query: conversion}
  satisfaction: {kind: gauge, unit: score, category: experience, query: satisfaction}
segments: {employees: {attribute: email, ends_with: '@example.com'}}
`;

/** Reviewing 10,000 rollouts, against a bare loop that loads the YAML and runs the schema. */
export async function validate(): Promise<Bench> {
  const files = Array.from({ length: FILES }, (_, index) => ({
    path: `rollouts/flag-${index}.yaml`,
    text: rolloutText(index),
  }));
  const bare = (): void => {
    for (const { text } of files) {
      if (!validateRolloutFile(load(text))) throw new Error('the bench has an invalid file');
    }
  };
  const whole = async (): Promise<void> => {
    const { problems } = await review({
      configPath: '.github/sluice.yml',
      configText: CONFIG,
      configOptions: {},
      list: async () => ({ files, refused: [] }),
      now: Date.UTC(2026, 11, 1),
    });
    if (problems.length > 0) throw new Error(`the bench has problems: ${problems[0]?.message}`);
  };
  const reference = await fastest(RUNS, bare);
  const value = await fastest(RUNS, whole);
  return { name: 'validate', value, unit: 'ms', reference, ratio: value / reference, target: 1.5 };
}
