import type { ConfigFile } from '../../generated/files.ts';
import type { ExposureConfig } from '../../model/config.ts';
import { placeholders } from '../../model/template.ts';
import { error, type Report } from '../rollout/parts.ts';
import { readProviderName, reportQuery } from './queries.ts';

/** Who counts users by the variant they got. */
export function readExposure(
  { exposure }: NonNullable<ConfigFile>,
  providers: readonly string[],
  report: Report,
): ExposureConfig | undefined {
  if (exposure === undefined) return undefined;
  const { users, provider, randomised_only: randomisedOnly = false } = exposure;
  const at = ['exposure', 'users'];
  const raw = 'give the counters alone, without rate() or increase()';
  // A rollout may have no such label, and nothing tells its author that one is wanted here.
  reportQuery(users, at, { labels: false, raw }, report);
  if (!placeholders(users).includes('variant')) {
    const what = 'the query does not tell variants apart';
    report(error(at, 'missing-placeholder', what, 'put `{{variant}}` in it'));
  }
  return {
    provider: readProviderName(provider, providers, ['exposure'], report),
    users,
    randomisedOnly,
  };
}
