import type { Event } from '../decide/events.ts';
import type { Failure } from '../decide/outcome.ts';
import type { Credentials } from '../http/credentials.ts';
import type { ChannelConfig } from '../model/config.ts';
import { oneLine } from '../text.ts';
import type { ChannelDependencies, ChannelType, ChannelTypes } from './channel.ts';

/** Every type of channel; one that is missing does not compile. None is built yet. */
const CHANNELS: ChannelTypes = {};

/** The entry of a config's type, which takes this config. */
const typeOf = ({ type }: ChannelConfig): ChannelType<ChannelConfig> =>
  CHANNELS[type] as ChannelType<ChannelConfig>;

const nameOf = ({ type }: { readonly type: string }): string => type;

/** Tells people of events by the channels of a config. What could not be told is answered, never thrown. */
export type Notify = (
  channels: readonly ChannelConfig[],
  events: readonly Event[],
) => Promise<readonly Failure[]>;

/** Opens each channel and sends it all there is; one that fails keeps no other from being heard. */
export const notifier =
  (dependencies: ChannelDependencies): Notify =>
  async (channels, events) => {
    if (events.length === 0) return [];
    const failures = await Promise.all(
      channels.map(async (config): Promise<Failure | undefined> => {
        try {
          await typeOf(config).open(config, dependencies).send(events);
          return undefined;
        } catch (error) {
          const why = error instanceof Error ? oneLine(error.message) : 'it failed';
          return { code: 'not-notified', subject: nameOf(config), detail: why };
        }
      }),
    );
    return failures.filter((failure) => failure !== undefined);
  };

/** What channels send that nobody may see, for a door that can have it masked in a log. */
export const secretsOf = (
  channels: readonly ChannelConfig[],
  credentials: Credentials,
): readonly string[] => channels.flatMap((config) => typeOf(config).secretsOf(config, credentials));
