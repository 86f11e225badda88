import type { Failure } from '../decide/outcome.ts';
import type { Problem } from '../model/problem.ts';
import { apply } from '../repository/apply.ts';
import { compileTargets, notCompiled, withoutTargets } from '../repository/compile-targets.ts';
import { CommandError, type Context } from '../repository/context.ts';
import { failuresOf } from '../repository/failures.ts';
import { problemsOf, readWorld } from '../repository/world.ts';

export interface CompileReport {
  /** Paths of targets whose bytes changed. */
  readonly changed: readonly string[];
  readonly commit?: string | undefined;
  readonly failures: readonly Failure[];
  readonly problems: readonly Problem[];
  /** How many targets the config has. */
  readonly targets: number;
}

const ATTEMPTS = 5;

/** Compiles the targets; a commit only where bytes differ, so that it cannot cause itself. */
export async function compile(context: Context): Promise<CompileReport> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const world = await readWorld(context);
    const compiled = compileTargets(world, world.sources);
    const seen = {
      changed: compiled.files.map(({ path }) => path),
      problems: problemsOf(world),
      targets: world.targets.length,
    };
    if (compiled.files.length === 0 || context.dryRun) {
      return { ...seen, failures: failuresOf(world, [], notCompiled(compiled)) };
    }
    const { superseded, outcome } = await apply(context, world, world, [], { compile: true });
    if (superseded) continue;
    const { made, leftOut, failures } = outcome;
    return {
      ...seen,
      commit: made.at(-1)?.oid,
      failures: failuresOf(withoutTargets(world, leftOut), [], failures),
    };
  }
  throw new CommandError('busy-branch', 'rollouts kept changing; nothing is lost, run again');
}
