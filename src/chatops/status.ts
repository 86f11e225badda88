import type { Command } from '../comment/command.ts';
import { type Assessment, nothingKnown } from '../decide/assessment.ts';
import { none } from '../decide/reasons.ts';
import { didYouMean } from '../model/suggest.ts';
import type { Context } from '../repository/context.ts';
import { permissionOf } from '../repository/permission.ts';
import { rolloutsOf, type World } from '../repository/world.ts';
import type { Reply } from '../tell/report.ts';
import { assessAll } from '../tick/assess.ts';
import { namesOf, placesOf } from './find.ts';

/** Anyone may ask for the state; only people with write access make Sluice ask the providers. */
export async function showStatus(
  context: Context,
  world: World,
  command: Extract<Command, { kind: 'command' }>,
  user: string,
): Promise<Reply> {
  const may = await permissionOf(context.forge, 'write', user, [], { safer: false });
  const refusal = may.kind === 'no' ? may : undefined;
  const assessments = refusal
    ? unmeasured(world, context)
    : (await assessAll(world, context)).assessments;
  const isAsked = (flag: string, environment: string | undefined): boolean =>
    (command.flag === undefined || flag === command.flag) &&
    (command.environment === undefined ||
      (environment ?? command.environment) === command.environment);
  const wanted = assessments.filter(({ rollout }) => isAsked(rollout.flag, rollout.environment));
  // Whether a file is valid is told by the branch's own config.
  const sources = world.badConfig ? [] : world.sources;
  const invalid = sources.filter((source) => {
    const names = source.kind === 'invalid' ? namesOf(source) : [];
    return names.some(({ flag, environment }) => isAsked(flag, environment));
  });
  if (wanted.length + invalid.length === 0 && command.flag !== undefined) {
    const names = assessments.map(({ rollout }) => rollout.flag);
    const text = `there is no rollout of \`${command.flag}\``;
    return { kind: 'refused', text, next: didYouMean(command.flag, names) };
  }
  const notes = [
    ...(world.badConfig === undefined ? [] : [world.badConfig.text]),
    ...(invalid.length > 0
      ? [`Invalid, so that nothing moves there and only kill works: ${placesOf(invalid)}`]
      : []),
    ...(refusal ? [`The metrics were not read for \`${user}\`: ${refusal.why}`] : []),
  ];
  return {
    kind: 'shown',
    text: '',
    ...(notes.length > 0 ? { next: notes.join('. ') } : {}),
    standing: wanted,
  };
}

/** Rollouts as their files have them, without a word on what comes next: that takes the metrics. */
function unmeasured(world: World, { now }: Context): readonly Assessment[] {
  const known = nothingKnown(now, world.config.policy);
  const decision = none('not-measured', 'unknown: the metrics were not read');
  return rolloutsOf(world).map((rollout) => ({ ...known, rollout, decision }));
}
