import { type NewFiles, writeNewFiles } from './new-files.ts';
import { workflowFiles } from './workflows.ts';

export interface InitOptions {
  /** The action the workflows use, pinned. */
  readonly action: string;
  /** The address to put into the config. */
  readonly prometheusUrl?: string;
  /** Whether to write nothing. */
  readonly dryRun: boolean;
}

/**
 * Writes a config, an example rollout and the workflows into a folder. What is there is never
 * overwritten.
 *
 * @throws CommandError `path-in-the-way`, with nothing written
 */
export function init(
  dir: string,
  { action, prometheusUrl, dryRun }: InitOptions,
): Promise<NewFiles> {
  return writeNewFiles(dir, { ...filesOf(prometheusUrl), ...workflowFiles(action) }, { dryRun });
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
