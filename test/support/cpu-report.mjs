/** Loaded into a run by `metered`: says at its end how much processor time it took. */
import { writeFileSync } from 'node:fs';

process.once('exit', () => {
  const { user, system } = process.cpuUsage();
  writeFileSync(process.env.SLUICE_CPU_REPORT, String((user + system) / 1000));
});
