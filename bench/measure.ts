/** The least of some runs, in milliseconds: what the work takes when nothing else gets in its way. */
export async function fastest(runs: number, work: () => unknown): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run += 1) {
    const began = performance.now();
    await work();
    least = Math.min(least, performance.now() - began);
  }
  return least;
}

/** The text of one of many rollout files that differ. */
export function rolloutText(index: number, status = ''): string {
  return `# Rollout ${index}
flag: flag-${index}
description: The flag of bench ${index}
owners: ['@acme/team-${index % 7}']
risk: medium
expires: 2027-03-01
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
