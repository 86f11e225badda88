/** Loaded into a run by `tickLoad`: at its end it writes which files of JavaScript the run has loaded. */
import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

const loaded = new Set();
registerHooks({
  load(url, context, next) {
    if (url.startsWith('file:')) loaded.add(url);
    return next(url, context);
  },
});
process.once('exit', () => {
  writeFileSync(process.env.SLUICE_LOADED, JSON.stringify([...loaded]));
});
