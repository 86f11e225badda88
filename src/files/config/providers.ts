import type { Provider as ProviderFile } from '../../generated/files.ts';
import type { ProviderConfig } from '../../model/config.ts';
import { duration, maybe } from '../rollout/parts.ts';

/** The config of a provider of one type, and its lines in the file. */
type ConfigOf<Type extends ProviderConfig['type']> = Extract<ProviderConfig, { type: Type }>;
type FileOf<Type extends ProviderFile['type']> = Extract<ProviderFile, { type: Type }>;

/** How the lines of each type of provider are read: a type without a reader does not compile. */
const READERS: {
  readonly [Type in ProviderFile['type']]: (file: FileOf<Type>) => ConfigOf<Type>;
} = {
  prometheus: ({ url, auth, timeout, allow_http: allowHttp, scrape_interval: scrapeInterval }) => ({
    type: 'prometheus',
    url,
    // The schema has passed it: there is exactly one way to sign in.
    ...(auth === undefined ? {} : { auth: auth as NonNullable<ConfigOf<'prometheus'>['auth']> }),
    timeout: duration(timeout ?? '30s'),
    allowHttp: allowHttp ?? false,
    ...maybe('scrapeInterval', scrapeInterval === undefined ? undefined : duration(scrapeInterval)),
  }),
  replay: ({ path, lookback }) => ({ type: 'replay', path, lookback: duration(lookback ?? '5m') }),
};

/** Reads a provider whose lines the schema has passed. */
export function readProvider<Type extends ProviderFile['type']>(
  file: FileOf<Type> & { readonly type: Type },
): ConfigOf<Type> {
  return READERS[file.type](file);
}
