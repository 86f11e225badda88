import type { Command } from '../comment/command.ts';
import type { RolloutSource } from '../files/read.ts';
import { didYouMean } from '../model/suggest.ts';
import type { World } from '../repository/world.ts';
import { oneLine } from '../text.ts';

export type FoundRollout =
  /** One that is valid at most; of invalid ones all that may be meant. */
  | { readonly kind: 'found'; readonly sources: readonly RolloutSource[] }
  | { readonly kind: 'unknown'; readonly text: string; readonly next: string };

/** The rollout that a command names; where its file is invalid, by all that it may be of. */
export function find(
  world: World,
  { flag = '', environment, verb }: Extract<Command, { kind: 'command' }>,
): FoundRollout {
  const { commands, environments } = world.config;
  const names = world.sources.flatMap((source) =>
    namesOf(source).map((name) => ({ source, ...name })),
  );
  const matches = names.filter(
    (each) =>
      each.flag === flag &&
      (environment === undefined ||
        each.environment === undefined ||
        each.environment === environment),
  );
  const keys = new Set(matches.map((each) => `${flag}@${each.environment ?? environments[0]}`));
  if (keys.size > 1) {
    const [first] = keys;
    return {
      kind: 'unknown',
      text: `\`${flag}\` is rolled out in several environments: ${[...keys].join(', ')}`,
      next: `Say which: \`${commands.prefix} ${verb} ${first}\`.`,
    };
  }
  if (matches.length > 0) return { kind: 'found', sources: matches.map(({ source }) => source) };
  const known = names.map((each) =>
    environment === undefined ? each.flag : `${each.flag}@${each.environment ?? environments[0]}`,
  );
  const name = environment === undefined ? flag : `${flag}@${environment}`;
  return {
    kind: 'unknown',
    text: `there is no rollout of \`${name}\``,
    next: didYouMean(name, known),
  };
}

/** What a file answers to: an invalid one to every flag that it may be of. */
export function namesOf(
  source: RolloutSource,
): readonly { readonly flag: string; readonly environment?: string }[] {
  if (source.kind === 'valid') return [source.rollout];
  const { flags, environment } = source;
  return flags.map((flag) => (environment === undefined ? { flag } : { flag, environment }));
}

/** Files with the first problem of each. */
export function placesOf(sources: readonly RolloutSource[]): string {
  return sources
    .map(({ path, problems: [problem] }) =>
      oneLine(problem ? `${path}:${problem.at.line} ${problem.message}` : path),
    )
    .join('; ');
}
