import { type NamedVariable, refusedName } from '../../credential.ts';
import type { ConfigFile } from '../../generated/files.ts';
import type { Finding } from '../../model/problem.ts';
import { error } from '../rollout/parts.ts';
import { readProvider, serverOf } from './providers.ts';

/** Every variable that a config names: to sign in with, and for the addresses of channels. */
function namedVariables(file: NonNullable<ConfigFile>): readonly NamedVariable[] {
  const ofProviders = Object.entries(file.providers ?? {}).flatMap(([name, provider]) =>
    (serverOf(readProvider(provider))?.variables ?? []).map(({ variable, path }) => ({
      variable,
      path: ['providers', name, ...path],
    })),
  );
  const ofChannels = (file.notify ?? []).flatMap(({ webhook }, index) =>
    webhook === undefined ? [] : [{ variable: webhook, path: ['notify', index, 'webhook'] }],
  );
  return [...ofProviders, ...ofChannels];
}

/** Reports variables that a config may not name. */
export function credentialFindings(
  file: NonNullable<ConfigFile>,
  allowed: readonly string[] | undefined,
): readonly Finding[] {
  return namedVariables(file).flatMap(({ variable, path }) => {
    const refused = refusedName(variable, allowed);
    return refused ? [error(path, refused.code, refused.message, refused.hint)] : [];
  });
}
