import { type NamedVariable, variablesOf } from '../../credential.ts';
import { defined } from '../../defined.ts';
import type { Provider as ProviderFile } from '../../generated/files.ts';
import type { Metric } from '../../model/check.ts';
import type { ProviderConfig } from '../../model/config.ts';
import { duration } from '../rollout/parts.ts';
import { builtInMetrics } from './defaults.ts';

/** The config of a provider of one type, and its lines in the file. */
type ConfigOf<Type extends ProviderConfig['type']> = Extract<ProviderConfig, { type: Type }>;
type FileOf<Type extends ProviderFile['type']> = Extract<ProviderFile, { type: Type }>;

/** A server that a provider asks, and what it is sent to sign in. */
export interface Server {
  readonly url: string;
  /** Whether plain http to another machine is allowed. */
  readonly allowHttp: boolean;
  /** The variables whose values it is sent, and the keys of the provider's lines that name them. */
  readonly variables: readonly NamedVariable[];
}

/** What there is to the lines of one type of provider. */
interface ProviderLines<File, Of> {
  /** Reads lines that the schema has passed. */
  read(file: File): Of;
  /** The server that it asks; none if it asks no server. */
  server(config: Of): Server | undefined;
  /** The language of its queries; `names` are those of recorded series. */
  readonly language: 'promql' | 'names';
  /** The metrics that every provider of this type has, in its language. */
  metrics(name: string): Readonly<Record<string, Metric>>;
}

/** Every type of provider; one that is missing does not compile, nor one that lacks something. */
const PROVIDERS: {
  readonly [Type in ProviderFile['type']]: ProviderLines<FileOf<Type>, ConfigOf<Type>>;
} = {
  prometheus: {
    read: ({
      url,
      auth,
      timeout,
      allow_http: allowHttp,
      scrape_interval: scrapeInterval,
      delay,
    }) => ({
      type: 'prometheus',
      url,
      // The schema has passed it: there is exactly one way to sign in.
      ...(auth === undefined ? {} : { auth: auth as NonNullable<ConfigOf<'prometheus'>['auth']> }),
      timeout: duration(timeout ?? '30s'),
      allowHttp: allowHttp ?? false,
      ...defined({
        scrapeInterval: scrapeInterval === undefined ? undefined : duration(scrapeInterval),
        delay: delay === undefined ? undefined : duration(delay),
      }),
    }),
    server: ({ url, allowHttp, auth }) => ({
      url,
      allowHttp,
      variables: (auth === undefined ? [] : variablesOf(auth)).map(({ variable, path }) => ({
        variable,
        path: ['auth', ...path],
      })),
    }),
    language: 'promql',
    metrics: builtInMetrics,
  },
  replay: {
    read: ({ path, lookback }) => ({ type: 'replay', path, lookback: duration(lookback ?? '5m') }),
    server: () => undefined,
    language: 'names',
    // A recording stands in for a Prometheus.
    metrics: builtInMetrics,
  },
};

/** Reads a provider whose lines the schema has passed. */
export const readProvider = <Type extends ProviderFile['type']>(
  file: FileOf<Type> & { readonly type: Type },
): ConfigOf<Type> => PROVIDERS[file.type].read(file);

/** The server that a provider asks, if it asks one. */
export const serverOf = <Type extends ProviderConfig['type']>(
  config: ConfigOf<Type> & { readonly type: Type },
): Server | undefined => PROVIDERS[config.type].server(config);

/** The language that a provider's queries are in. */
export const languageOf = ({ type }: ProviderConfig): 'promql' | 'names' =>
  PROVIDERS[type].language;

/** The metrics that need not be written: those of the first provider whose type has any. */
export function metricsBuiltIn(
  providers: Readonly<Record<string, ProviderConfig>>,
): Readonly<Record<string, Metric>> {
  return (
    Object.entries(providers)
      .map(([name, { type }]) => PROVIDERS[type].metrics(name))
      .find((metrics) => Object.keys(metrics).length > 0) ?? {}
  );
}
