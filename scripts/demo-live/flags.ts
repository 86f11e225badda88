import { readFile, stat } from 'node:fs/promises';
import { OpenFeature } from '@openfeature/server-sdk';
import { flagd } from '../../test/support/flagd.ts';
import { providerOver } from '../../test/support/openfeature.ts';

/** What a service asks about a user. */
export interface Flags {
  isOn(flag: string, user: string): Promise<{ readonly value: boolean; readonly variant: string }>;
  close(): Promise<void>;
}

const EMPTY = '{"flags": {}}';
/** How often the file is looked at, in milliseconds. */
const LOOK = 100;

/**
 * The flags of a compiled file, through the OpenFeature SDK. Where the file changes it is read
 * again; until there is one, and where what is there is refused, what was known before stays.
 *
 * @param onRead hears of each file that was taken
 */
export async function openFlags(file: string, onRead: (text: string) => void): Promise<Flags> {
  const { core, replace } = flagd(EMPTY);
  await OpenFeature.setProviderAndWait(providerOver(core));
  const client = OpenFeature.getClient();
  let known = '';
  const look = async (): Promise<void> => {
    try {
      const { ino, mtimeMs, size } = await stat(file);
      const version = `${ino} ${mtimeMs} ${size}`;
      if (version === known) return;
      const text = await readFile(file, 'utf8');
      replace(text);
      known = version;
      onRead(text);
    } catch {
      // Not there yet, or only half written: the next look is soon.
    }
  };
  const timer = setInterval(() => void look(), LOOK);
  return {
    async isOn(flag, user) {
      const { value, variant } = await client.getBooleanDetails(flag, false, {
        targetingKey: user,
      });
      return { value, variant: variant ?? 'none' };
    },
    async close() {
      clearInterval(timer);
      await OpenFeature.close();
    },
  };
}
