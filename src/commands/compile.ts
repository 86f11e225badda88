import type { Problem } from '../model/problem.ts';
import { commitOnto } from '../repository/commit.ts';
import {
  compileTargets,
  notCompiled,
  optionally,
  TARGETS,
  withoutTargets,
} from '../repository/compile-targets.ts';
import { CommandError, type Context } from '../repository/context.ts';
import { failuresOf, leftUndone, notCommitted } from '../repository/failures.ts';
import { problemsOf, readWorld } from '../repository/world.ts';
import type { Failure } from '../tell/report.ts';

export interface CompileReport {
  /** Paths of targets whose bytes changed. */
  readonly changed: readonly string[];
  readonly commit?: string;
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
    const { files } = compiled;
    const untold = notCompiled(compiled);
    const seen = {
      changed: files.map(({ path }) => path),
      failures: failuresOf(world, [], untold),
      problems: problemsOf(world),
      targets: world.targets.length,
    };
    if (files.length === 0 || context.dryRun) return seen;
    const changes = optionally(files);
    const written = await commitOnto(context, world, world.head, 'Compile targets\n', changes, {
      urgent: true,
    });
    if (written.kind === 'superseded') continue;
    if (written.kind === 'committed') {
      const without = withoutTargets(world, written.leftOut);
      return {
        ...seen,
        failures: failuresOf(without, [], [...untold, ...leftUndone(written)]),
        ...(written.oid === world.head.oid ? {} : { commit: written.oid }),
      };
    }
    const failures = failuresOf(world, [], [...untold, notCommitted(TARGETS, written)]);
    return { ...seen, failures };
  }
  throw new CommandError('busy-branch', 'rollouts kept changing; nothing is lost, run again');
}
