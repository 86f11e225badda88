import { eventsOf } from '../decide/events.ts';
import { apply } from '../repository/apply.ts';
import { compileTargets, notCompiled, withoutTargets } from '../repository/compile-targets.ts';
import { CommandError, type Context } from '../repository/context.ts';
import { failuresOf } from '../repository/failures.ts';
import { problemsOf, readWorld } from '../repository/world.ts';
import type { CompileReport } from '../tell/report.ts';

const ATTEMPTS = 5;

/** Compiles the targets; a commit only where bytes differ, so that it cannot cause itself. */
export async function compile(context: Context): Promise<CompileReport> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const world = await readWorld(context);
    const compiled = compileTargets(world, world.sources);
    const seen = {
      changed: compiled.changed,
      problems: problemsOf(world),
      targets: world.targets.length,
      dryRun: context.dryRun,
    };
    if (context.dryRun) return { ...seen, failures: failuresOf(world, [], notCompiled(compiled)) };
    const { superseded, outcome } = await apply(context, world, world, [], { compile: true });
    if (superseded) continue;
    const { made, leftOut } = outcome;
    const failures = failuresOf(withoutTargets(world, leftOut), [], outcome.failures);
    const events = eventsOf({ ...outcome, failures });
    const unheard = await context.notify(world.config.channels, events);
    return { ...seen, commit: made.at(-1)?.oid, failures: [...failures, ...unheard] };
  }
  throw new CommandError('busy-branch', 'rollouts kept changing; nothing is lost, run again');
}
