import * as core from '@actions/core';
import { readNames } from '../credential.ts';

/** The inputs of action.yml, read. */
export interface Inputs {
  readonly command: 'auto' | 'validate' | 'reconcile' | 'compile';
  readonly token: string;
  readonly config: string;
  readonly rollouts: string | undefined;
  readonly prometheusUrl: string | undefined;
  readonly dryRun: boolean;
  /** The only variables that a config may name as credentials; empty: any that is not reserved. */
  readonly allowedSecrets: readonly string[];
}

const COMMANDS = ['auto', 'validate', 'reconcile', 'compile'] as const;

/** An input that makes no sense. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly code = 'bad-usage';
}

/** @throws InputError for a command or a boolean that is none. */
export function readInputs(): Inputs {
  const token = core.getInput('token');
  if (token !== '') core.setSecret(token);
  const command = core.getInput('command') || 'auto';
  const known = COMMANDS.find((each) => each === command);
  if (!known) {
    throw new InputError(
      `the input command is ${command}; it must be one of ${COMMANDS.join(', ')}`,
    );
  }
  const dryRun = core.getInput('dry-run') || 'false';
  if (dryRun !== 'true' && dryRun !== 'false') {
    throw new InputError(`the input dry-run is ${dryRun}; it must be true or false`);
  }
  return {
    command: known,
    token,
    config: core.getInput('config') || '.github/sluice.yml',
    rollouts: core.getInput('rollouts') || undefined,
    prometheusUrl: core.getInput('prometheus-url') || undefined,
    dryRun: dryRun === 'true',
    allowedSecrets: readAllowedSecrets(),
  };
}

/** @throws InputError if one of the names cannot be that of a variable: it may be a secret itself. */
function readAllowedSecrets(): readonly string[] {
  const names = readNames(core.getInput('allowed-secrets'));
  if (names) return names;
  throw new InputError(
    'the input allowed-secrets holds something that cannot be the name of a variable; write names such as PROMETHEUS_TOKEN, separated by commas or spaces, and no values',
  );
}
