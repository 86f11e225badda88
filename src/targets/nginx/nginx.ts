import type { NginxFile } from '../../model/config.ts';
import { BUCKETS } from '../../model/exposure.ts';
import { fileTarget } from '../file.ts';
import type { FileTarget, TargetKind } from '../target.ts';
import { isRolloutOf, type Split, wantedSplit } from '../traffic/split.ts';

/**
 * A file for the `http` block of NGINX that sets a variable to the name of a backend, the same one
 * for the same key. Users without a key are not kept on one side by a hash of nothing: they get the
 * control until everyone is exposed.
 *
 * `split_clients` has steps of 0.01 % and refuses 0 %, and its 100 % leaves one hash out, so at both
 * ends there is no split. The exposed come first in it: who is in at 5 % is in at 25 %.
 *
 * Every word in the file is one that the schema's patterns have let through, or a number.
 *
 * Source: https://nginx.org/en/docs/http/ngx_http_split_clients_module.html, and its code for what
 * it takes for a percentage.
 */
export const NGINX = {
  open: nginxTarget,
  inexpressible: [],
} satisfies TargetKind<'nginx'>;

function nginxTarget(config: NginxFile): FileTarget {
  const { path } = config;
  return fileTarget({
    path,
    carries: (source) => isRolloutOf(config, source),
    plan(sources) {
      const wanted = wantedSplit(config, sources);
      if (wanted.kind === 'stands') {
        return {
          files: [],
          problems: wanted.problem === undefined ? [] : [`${path}: ${wanted.problem}`],
        };
      }
      return { files: [{ path, text: render(config, wanted.split) }], problems: [] };
    },
  });
}

/** Hundredths of a percent: never more than was asked for. */
const STEP = BUCKETS / 10_000;

function render(config: NginxFile, { control, exposed, weight }: Split): string {
  const { rollout, environment, variable, key } = config;
  const head = `# Written by Sluice for ${rollout}@${environment}: what is changed here is written over.\n`;
  const steps = Math.floor(weight / STEP);
  if (steps === 0) return `${head}${map(key, variable, [['default', control]])}`;
  if (weight >= BUCKETS) return `${head}${map(key, variable, [['default', exposed]])}`;
  const split = `${variable}_by_hash`;
  return (
    head +
    block(`split_clients "${rollout}:${key}" ${split}`, [
      [`${steps / 100}%`, exposed],
      ['*', control],
    ]) +
    map(key, variable, [
      ["''", control],
      ['default', split],
    ])
  );
}

type Lines = readonly (readonly [when: string, then: string])[];

const map = (key: string, variable: string, lines: Lines): string =>
  block(`map ${key} ${variable}`, lines);

function block(opening: string, lines: Lines): string {
  const width = Math.max(...lines.map(([when]) => when.length));
  const body = lines.map(([when, then]) => `    ${when.padEnd(width)} ${then};\n`).join('');
  return `${opening} {\n${body}}\n`;
}
