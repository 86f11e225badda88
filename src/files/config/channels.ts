import type { ConfigFile } from '../../generated/files.ts';
import type { ChannelConfig } from '../../model/config.ts';
import { error, type Report } from '../rollout/parts.ts';

type NotifyFile = NonNullable<NonNullable<ConfigFile>['notify']>[number];

/** How the lines of each type of channel are read; one that is missing does not compile. */
const READERS: {
  readonly [Type in ChannelConfig['type']]: (
    file: Extract<NotifyFile, { type: Type }>,
  ) => Extract<ChannelConfig, { type: Type }>;
} = {};

/** The channels of a config. A type that is not built yet is checked, and sends nothing. */
export function readChannels(
  { notify = [], policy }: NonNullable<ConfigFile>,
  report: Report,
): readonly ChannelConfig[] {
  const isBuilt = ({ type }: NotifyFile): boolean => Object.hasOwn(READERS, type);
  if (notify.some((line) => !isBuilt(line)) && policy?.rules?.['not-sent-yet'] !== 'off') {
    report({
      ...error(['notify'], 'not-sent-yet', '`notify` is checked, but nothing is sent yet'),
      severity: 'warning',
      atKey: true,
    });
  }
  const readers: Readonly<Record<string, ((file: NotifyFile) => ChannelConfig) | undefined>> =
    READERS;
  return notify.flatMap((line) => readers[line.type]?.(line) ?? []);
}
