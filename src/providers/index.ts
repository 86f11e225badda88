import type { Auth } from '../credential.ts';
import { authHeaders } from '../http/auth.ts';
import type { HttpClient } from '../http/client.ts';
import type { Credentials } from '../http/credentials.ts';
import { basicAuthorization, userInfo } from '../http/endpoint.ts';
import type { ProviderConfig } from '../model/config.ts';
import type { MetricsProvider } from '../model/measurement.ts';
import { withPatience } from './patience.ts';
import { createPrometheus } from './prometheus/prometheus.ts';
import { createReplay } from './replay/replay.ts';

export { credentialsIn } from '../http/credentials.ts';
export { createHttpClient } from './prometheus/prometheus.ts';

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

/** What there is to one type of provider. */
interface ProviderType<Config> {
  /** What its requests carry that nobody may see: each key and password, as it is and as it travels. */
  secretsOf(config: Config, credentials: Credentials): readonly string[];
  open(name: string, config: Config, dependencies: ProviderDependencies): Promise<MetricsProvider>;
}

type ConfigOf<Type extends ProviderConfig['type']> = Extract<ProviderConfig, { type: Type }>;

/**
 * Every type of provider; one that is missing does not compile, nor one that lacks something. How
 * the lines of each in the config are read is in `files/config/providers.ts`.
 */
const PROVIDERS: {
  readonly [Type in ProviderConfig['type']]: ProviderType<ConfigOf<Type>>;
} = {
  prometheus: {
    secretsOf: ({ url, auth }, credentials) => signingIn(url, auth, credentials),
    open: async (name, config, { http, credentials }) =>
      createPrometheus({ ...config, name, credentials }, { http: http() }),
  },
  replay: {
    secretsOf: () => [],
    open: async (name, { path, lookback }, { readFile }) => {
      // A recording that is not there reads like an empty one, whose first line is missing.
      const text = (await readFile(path)) ?? '';
      const format = path.endsWith('.json') ? 'json' : 'csv';
      return createReplay({ name, text, path, lookback, format });
    },
  },
};

/**
 * What a provider's requests carry that nobody may see: its token, or its password alone and as it
 * travels. For a door that can have them masked in a log; none where a variable is missing.
 */
export const credentialsOf = <Type extends ProviderConfig['type']>(
  config: ConfigOf<Type> & { readonly type: Type },
  credentials: Credentials,
): readonly string[] => PROVIDERS[config.type].secretsOf(config, credentials);

/** Opens a provider of the config, for one pass. */
export async function openProvider<Type extends ProviderConfig['type']>(
  name: string,
  config: ConfigOf<Type> & { readonly type: Type },
  dependencies: ProviderDependencies,
): Promise<MetricsProvider> {
  const provider = await PROVIDERS[config.type].open(name, config, dependencies);
  return withPatience(provider, dependencies.clock);
}

/** What is sent to sign in at an address. */
function signingIn(url: string, auth: Auth | undefined, credentials: Credentials) {
  const headers = authHeaders(auth, credentials);
  const address = URL.canParse(url) ? userInfo(new URL(url)) : undefined;
  const value = (variable: string): string => {
    const credential = credentials.read(variable);
    return credential.kind === 'value' ? credential.value : '';
  };
  const basic = auth && 'basic' in auth ? auth.basic : undefined;
  const pair = basic
    ? { username: value(basic.username), password: value(basic.password) }
    : address;
  const sent = headers.kind === 'headers' ? Object.values(headers.headers) : [];
  return [
    ...sent.map((each) => each.replace(/^(Bearer|Basic) /, '')),
    ...(pair ? [pair.password, basicAuthorization(pair.username, pair.password).slice(6)] : []),
  ].filter((secret) => secret !== '');
}
