import { setTimeout as sleep } from 'node:timers/promises';
import * as core from '@actions/core';
import { defined } from '../defined.ts';
import type { Forge } from '../forge/forge.ts';
import { checkoutIn } from '../forge/github/checkout.ts';
import type { GitHubClient } from '../forge/github/client.ts';
import { openGitHubForge } from '../forge/github/github.ts';
import { openGitHub } from '../forge/github/open.ts';
import type { HttpClient } from '../http/client.ts';
import { notifier, secretsOf } from '../notify/index.ts';
import {
  createHttpClient,
  credentialsIn,
  credentialsOf,
  openProvider,
} from '../providers/index.ts';
import type { Context } from '../repository/context.ts';
import type { RunEvent } from './event.ts';
import type { Inputs } from './inputs.ts';

export type RunnerEnvironment = Readonly<Record<string, string | undefined>>;

/** One run of a workflow: who and where we are, and what the commands need of the world. */
export interface Workflow {
  readonly inputs: Inputs;
  readonly client: GitHubClient;
  readonly forge: Forge;
  readonly context: Context;
  /** The commit the run is about: a pull request's merge commit, the branch head otherwise. */
  readonly sha: string;
}

export function openWorkflow(env: RunnerEnvironment, event: RunEvent, inputs: Inputs): Workflow {
  const { owner, repo, sha, apiUrl, graphqlUrl } = event;
  const client = openGitHub(
    { token: inputs.token, apiUrl, graphqlUrl },
    { owner, repo, sleep, now: Date.now, onEvent: core.debug },
  );
  const checkout = env.GITHUB_WORKSPACE ? checkoutIn(env.GITHUB_WORKSPACE) : undefined;
  const forge = openGitHubForge({
    client,
    warn: core.warning,
    ...(checkout ? { checkout } : {}),
  });
  // Git lists its files while the code that reads them is loaded.
  if (sha !== '') void checkout?.(sha);
  const credentials = credentialsIn(env, inputs.allowedSecrets);
  let opened: HttpClient | undefined;
  const http = (): HttpClient => (opened ??= createHttpClient());
  return {
    inputs,
    client,
    forge,
    sha,
    context: {
      forge,
      now: Date.now(),
      configPath: inputs.config,
      configOptions: {
        ...defined({ prometheusUrl: inputs.prometheusUrl, rollouts: inputs.rollouts }),
        allowedSecrets: inputs.allowedSecrets,
      },
      dryRun: inputs.dryRun,
      notify: async (channels, events) => {
        for (const secret of secretsOf(channels, credentials)) core.setSecret(secret);
        return notifier({ http, credentials })(channels, events);
      },
      openProvider: async (name, config, readFile) => {
        // What never leaves us cannot be seen; what Node logs of itself, only the runner can hide.
        for (const secret of credentialsOf(config, credentials)) core.setSecret(secret);
        return openProvider(name, config, {
          http,
          credentials,
          clock: Date.now,
          readFile,
        });
      },
    },
  };
}
