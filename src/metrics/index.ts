import type { ProviderConfig } from '../config/model.ts';
import { authHeaders } from '../http/auth.ts';
import type { HttpClient } from '../http/client.ts';
import type { Credentials } from '../http/credentials.ts';
import { basicAuthorization, userInfo } from '../http/endpoint.ts';
import { withPatience } from './patience.ts';
import { createPrometheus } from './prometheus.ts';
import type { MetricsProvider } from './provider.ts';
import { createReplay } from './replay.ts';

export { credentialsIn } from '../http/credentials.ts';
export { createHttpClient } from './prometheus.ts';

export interface ProviderDependencies {
  /** Asked for by the first provider that asks a server. */
  readonly http: () => HttpClient;
  /** Where the config's names of variables are looked up. */
  readonly credentials: Credentials;
  /** Milliseconds; only differences count. */
  readonly clock: () => number;
  /** A file of the commit that is read. */
  readonly readFile: (path: string) => Promise<string | undefined>;
}

/**
 * What a provider's requests carry that nobody may see: its token, or its password alone and as it
 * travels. For a door that can have them masked in a log; none where a variable is missing.
 */
export function credentialsOf(config: ProviderConfig, credentials: Credentials): readonly string[] {
  if (config.type !== 'prometheus') return [];
  const auth = authHeaders(config.auth, credentials);
  const address = URL.canParse(config.url) ? userInfo(new URL(config.url)) : undefined;
  const value = (variable: string): string => {
    const credential = credentials.read(variable);
    return credential.kind === 'value' ? credential.value : '';
  };
  const basic = config.auth && 'basic' in config.auth ? config.auth.basic : undefined;
  const pair = basic
    ? { username: value(basic.username), password: value(basic.password) }
    : address;
  const sent = auth.kind === 'headers' ? Object.values(auth.headers) : [];
  return [
    ...sent.map((value) => value.replace(/^(Bearer|Basic) /, '')),
    ...(pair ? [pair.password, basicAuthorization(pair.username, pair.password).slice(6)] : []),
  ].filter((secret) => secret !== '');
}

/** Opens a provider of the config: a new type is a file and a case here. */
export async function openProvider(
  name: string,
  config: ProviderConfig,
  { http, credentials, clock, readFile }: ProviderDependencies,
): Promise<MetricsProvider> {
  switch (config.type) {
    case 'prometheus': {
      const { url, auth, timeout, allowHttp } = config;
      const options = { name, url, credentials, timeout, allowHttp, ...(auth ? { auth } : {}) };
      return withPatience(createPrometheus(options, { http: http() }), clock);
    }
    case 'replay': {
      const { path, lookback } = config;
      // A recording that is not there reads like an empty one, whose first line is missing.
      const text = (await readFile(path)) ?? '';
      return createReplay({
        name,
        text,
        path,
        lookback,
        format: path.endsWith('.json') ? 'json' : 'csv',
      });
    }
  }
}
