import type { Failure } from '../tell/report.ts';
import type { Problem } from '../yaml/problem.ts';
import { CommandError, type Context } from './context.ts';
import { failuresOf, notCommitted } from './failures.ts';
import { compileTargets, notCompiled, TARGETS } from './targets.ts';
import { problemsOf, readWorld } from './world.ts';
import { commitOnto } from './write.ts';

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
    const written = await commitOnto(context, world, world.head, 'Compile targets\n', files);
    if (written.kind === 'superseded') continue;
    if (written.kind === 'committed') return { ...seen, commit: written.oid };
    const failures = failuresOf(world, [], [...untold, notCommitted(TARGETS, written)]);
    return { ...seen, failures };
  }
  throw new CommandError('busy-branch', 'rollouts kept changing; nothing is lost, run again');
}
