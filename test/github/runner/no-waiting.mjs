/**
 * Loaded into a run before the Action: what it waits for GitHub's sake passes at once, so that hundreds of
 * runs whose requests get lost take no longer than their work. A wait that holds up no process (`ref:
 * false`) is a limit for somebody else's work, and stays what it is.
 */
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';

const wait = timers.setTimeout;
timers.setTimeout = (duration, value, options) =>
  wait(options?.ref === false ? duration : Math.min(duration, 5), value, options);
syncBuiltinESMExports();
