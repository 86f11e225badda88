import type { ConfigFile } from '../../generated/files.ts';
import type { ChannelConfig } from '../../model/config.ts';
import { asFindings } from '../../model/review-rule.ts';
import type { Report } from '../rollout/parts.ts';
import { notifyNotSent } from './rules.ts';

type NotifyFile = NonNullable<NonNullable<ConfigFile>['notify']>[number];

/** How the lines of each type of channel are read; one that is missing does not compile. */
const READERS: {
  readonly [Type in ChannelConfig['type']]: (
    file: NotifyFile,
  ) => Extract<ChannelConfig, { type: Type }>;
} = {};

/** The channels of a config. A type that is not built yet is checked, and sends nothing. */
export function readChannels(
  { notify = [], policy }: NonNullable<ConfigFile>,
  report: Report,
): readonly ChannelConfig[] {
  const isBuilt = ({ type }: NotifyFile): boolean => Object.hasOwn(READERS, type);
  if (notify.some((line) => !isBuilt(line))) {
    const message = '`notify` is checked, but nothing is sent yet';
    const found = { path: ['notify'], atKey: true, message };
    for (const finding of asFindings(notifyNotSent, [found], { rules: policy?.rules ?? {} })) {
      report(finding);
    }
  }
  const readers: Readonly<Record<string, ((file: NotifyFile) => ChannelConfig) | undefined>> =
    READERS;
  return notify.flatMap((line) => readers[line.type]?.(line) ?? []);
}
