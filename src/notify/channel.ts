import type { Event } from '../decide/events.ts';
import type { HttpClient } from '../http/client.ts';
import type { Credentials } from '../http/credentials.ts';
import type { ChannelConfig } from '../model/config.ts';

/** Where people hear of what a run did. */
export interface Channel {
  /** @throws Error with a message that repeats no address and no credential */
  send(events: readonly Event[]): Promise<void>;
}

/** What a channel is given of the world. */
export interface ChannelDependencies {
  /** Asked for by the first channel that sends over the network. */
  readonly http: () => HttpClient;
  /** Where the config's names of variables are looked up. */
  readonly credentials: Credentials;
}

/** What there is to each type of channel. */
export interface ChannelType<Config> {
  /** What it sends that nobody may see: an address that is a credential, say. */
  secretsOf(config: Config, credentials: Credentials): readonly string[];
  open(config: Config, dependencies: ChannelDependencies): Channel;
}

/** Every type of channel that a config may name, by that name. */
export type ChannelTypes = {
  readonly [Type in ChannelConfig['type']]: ChannelType<Extract<ChannelConfig, { type: Type }>>;
};
