import type { ProviderConfig } from '../config/model.ts';
import type { Environment } from '../http/auth.ts';
import type { HttpClient } from '../http/client.ts';
import { withPatience } from './patience.ts';
import { createPrometheus } from './prometheus.ts';
import type { MetricsProvider } from './provider.ts';
import { createReplay } from './replay.ts';

export interface ProviderDependencies {
  readonly http: HttpClient;
  /** Where the config's names of variables are looked up. */
  readonly env: Environment;
  /** Milliseconds; only differences count. */
  readonly clock: () => number;
  /** A file of the commit that is read. */
  readonly readFile: (path: string) => Promise<string | undefined>;
}

/** Opens a provider of the config: a new type is a file and a case here. */
export async function openProvider(
  name: string,
  config: ProviderConfig,
  { http, env, clock, readFile }: ProviderDependencies,
): Promise<MetricsProvider> {
  switch (config.type) {
    case 'prometheus': {
      const { url, auth, timeout, allowHttp } = config;
      const options = { name, url, env, timeout, allowHttp, ...(auth ? { auth } : {}) };
      return withPatience(createPrometheus(options, { http }), clock);
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
