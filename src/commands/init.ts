import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { workflowFiles } from './workflows.ts';

export interface InitReport {
  readonly written: readonly string[];
  /** Files that were there already and stay as they are. */
  readonly kept: readonly string[];
}

/**
 * Writes a config, an example rollout and the workflows into a folder. What is there is never
 * overwritten.
 *
 * @param action what the workflows use
 * @param prometheusUrl the address to put into the config
 */
export async function init(
  dir: string,
  action: string,
  prometheusUrl: string | undefined,
): Promise<InitReport> {
  const written: string[] = [];
  const kept: string[] = [];
  for (const [path, text] of Object.entries({
    ...filesOf(prometheusUrl),
    ...workflowFiles(action),
  })) {
    const full = join(dir, path);
    await mkdir(dirname(full), { recursive: true });
    try {
      // 'wx' refuses a file that is there, so that looking and writing are one step.
      await writeFile(full, text, { flag: 'wx' });
      written.push(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      kept.push(path);
    }
  }
  return { written, kept };
}

function filesOf(
  prometheusUrl = 'https://prometheus.example.com',
): Readonly<Record<string, string>> {
  return {
    '.github/sluice.yml': `# How Sluice moves the flags in rollouts/. Every key is explained in its docs/reference.md.
providers:
  prometheus:
    type: prometheus
    url: ${JSON.stringify(prometheusUrl)}
    # auth: {bearer: PROMETHEUS_TOKEN}      # the name of an environment variable, never the token

segments:
  employees: {attribute: email, ends_with: '@example.com'}

policy:
  timezone: UTC
  advance: {days: [mon, tue, wed, thu], hours: '09:00-16:00'}

# Built in are error-rate, latency-p50, latency-p95 and latency-p99, from http_requests_total and
# http_request_duration_seconds with the labels flag and variant. Add your own:
# metrics:
#   conversion:
#     kind: proportion
#     category: business
#     events: sum(increase(orders_total{flag="{{flag}}",variant="{{variant}}"}[{{window}}]))
#     total: sum(increase(visits_total{flag="{{flag}}",variant="{{variant}}"}[{{window}}]))
#     limits: {max_decrease: 10%}

# What your services read: here flagd, and every OpenFeature provider that reads its format. For
# GO Feature Flag, and for shares of traffic, see docs/targets.md.
targets:
  - {type: flagd, path: flags/flagd.json}
`,
    'rollouts/example.yaml': `# One flag. Sluice writes the \`status\` below it and moves it when the checks allow.
flag: example
description: Shows how a rollout is written
owners: ['@your-team']
risk: medium
stages: standard                        # employees, then 1, 5, 25, 50 and 100 % of users
checks: [error-rate, latency-p99]
# It stays off until this line is gone or says the past.
start: 2099-01-01T09:00:00Z
`,
  };
}
