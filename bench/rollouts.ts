import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** A config that the rollouts here are valid by; `url` is where the metrics are. */
export const configText = (url = 'https://prometheus.example.com'): string =>
  `providers: {prod: {type: prometheus, url: '${url}'}}
metrics:
  conversion: {kind: gauge, unit: ratio, category: business, query: 'conversion{flag="{{flag}}",variant="{{variant}}"}'}
  satisfaction: {kind: gauge, unit: score, category: experience, query: 'satisfaction{flag="{{flag}}",variant="{{variant}}"}'}
segments: {employees: {attribute: email, ends_with: '@example.com'}}
`;

/** The text of one of many rollout files that differ, with five checks. */
function rolloutText(index: number, status = ''): string {
  return `# Rollout ${index}
flag: flag-${index}
description: The flag of bench ${index}
owners: ['@acme/team-${index % 7}']
risk: medium
expires: 2099-03-01
stages: standard
checks:
  - {metric: error-rate, max: 1%}
  - {metric: satisfaction, min: 3.5}
  - {metric: latency-p95, warn: {max_increase: 25%}, max_increase: 50%}
  - {metric: latency-p99, max_increase: 50%}
  - metric: conversion                  # the business one
    max_decrease: 10%
${status}`;
}

/** Rollout files and a config, by path. */
export function rolloutFiles(
  count: number,
  { status, url }: { readonly status?: string; readonly url?: string } = {},
): Readonly<Record<string, string>> {
  const rollouts = Array.from({ length: count }, (_, index) => [
    `rollouts/flag-${index}.yaml`,
    rolloutText(index, status),
  ]);
  return Object.fromEntries([['.github/sluice.yml', configText(url)], ...rollouts]);
}

/** Puts files into a folder of their own for as long as something runs there. */
export async function withFolder<T>(
  files: Readonly<Record<string, string>>,
  run: (dir: string) => Promise<T>,
): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(dir, path)), { recursive: true });
      await writeFile(join(dir, path), text);
    }
    return await run(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Makes a folder a git repository with one commit, and answers its id. */
export async function commitAll(dir: string): Promise<string> {
  const person = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
  const git = async (...args: readonly string[]): Promise<string> =>
    (await execute('git', [...person, ...args], { cwd: dir })).stdout.trim();
  await git('init', '--quiet', '--initial-branch=main');
  await git('add', '--all');
  await git('commit', '--quiet', '-m', 'Rollouts');
  return git('rev-parse', 'HEAD');
}
