import { isDeepStrictEqual } from 'node:util';
import type { RepositoryFile } from '../model/repository-file.ts';
import type {
  FilePlan,
  FileTarget,
  ServiceChange,
  ServicePlan,
  ServiceState,
  ServiceTarget,
  Source,
  Target,
} from './target.ts';

/** What all targets have now, by their names. */
export interface Standing {
  readonly files: ReadonlyMap<string, string>;
  readonly services: ReadonlyMap<string, ServiceState>;
}

/** What has to change at one target. */
export type Plan =
  | (FilePlan & { readonly kind: 'file'; readonly target: FileTarget })
  | (ServicePlan & { readonly kind: 'service'; readonly target: ServiceTarget });

/** A target that is not, or not wholly, as its plan wants it, and why. */
export interface Undone {
  readonly target: Target;
  readonly problem: string;
}

/** What messages call a target: the path of its file, or the name of its service. */
export function nameOf(target: Target): string {
  switch (target.kind) {
    case 'file':
      return target.path;
    case 'service':
      return target.name;
  }
}

/** The files of the repository that a target writes. */
export function pathsOf(target: Target): readonly string[] {
  switch (target.kind) {
    case 'file':
      return [target.path];
    case 'service':
      return [];
  }
}

/**
 * Plans one target. Pure. A mistake of ours about one target is a problem of its plan: it keeps no kill
 * from the others.
 */
export function planFor(target: Target, sources: readonly Source[], standing: Standing): Plan {
  try {
    return planned(target, sources, standing);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return unplanned(target, `${nameOf(target)}: could not be compiled: ${error.message}`);
  }
}

function planned(target: Target, sources: readonly Source[], standing: Standing): Plan {
  switch (target.kind) {
    case 'file':
      return { kind: 'file', target, ...target.plan(sources, standing.files.get(target.path)) };
    case 'service':
      return { kind: 'service', target, ...target.plan(sources, stateOf(target, standing)) };
  }
}

function unplanned(target: Target, problem: string): Plan {
  switch (target.kind) {
    case 'file':
      return { kind: 'file', target, files: [], problems: [problem] };
    case 'service':
      return { kind: 'service', target, changes: [], problems: [problem] };
  }
}

/** What a target could not do for one rollout; nothing if it does not carry the rollout. Pure. */
export function shortfallsFor(
  target: Target,
  source: Source,
  standing: Standing,
): readonly string[] {
  switch (target.kind) {
    case 'file':
      return target.shortfalls(source, standing.files.get(target.path));
    case 'service':
      return target.carries(source)
        ? target.plan([source], stateOf(target, standing)).problems
        : [];
  }
}

/** The part of a plan that is carried out by a commit. */
export function filesOf(plan: Plan): readonly RepositoryFile[] {
  switch (plan.kind) {
    case 'file':
      return plan.files;
    case 'service':
      return [];
  }
}

/** The part of a plan that is carried out at a service. */
export function changesOf(plan: Plan): readonly ServiceChange[] {
  switch (plan.kind) {
    case 'file':
      return [];
    case 'service':
      return plan.changes;
  }
}

/** Carries out the rest of a plan, once the commit is on the branch. */
export async function carryOut(plan: Plan): Promise<readonly Undone[]> {
  switch (plan.kind) {
    case 'file':
      return [];
    case 'service':
      return applied(plan);
  }
}

/** What the services among targets have now, and those that do not say. */
export async function readServices(
  targets: readonly Target[],
): Promise<Pick<Standing, 'services'> & { readonly unread: readonly Undone[] }> {
  const services = new Map<string, ServiceState>();
  const unread: Undone[] = [];
  const asked = targets.flatMap((target) => (target.kind === 'service' ? [target] : []));
  await Promise.all(
    asked.map(async (target) => {
      const read = await answerOf(() => target.readBack());
      if (read.kind === 'answer') services.set(target.name, read.value);
      else unread.push({ target, problem: `${target.name}: could not be read: ${read.why}` });
    }),
  );
  return { services, unread };
}

const stateOf = ({ name }: ServiceTarget, { services }: Standing): ServiceState =>
  services.get(name) ?? new Map();

/**
 * Has a service make the changes, and reads back whether it did. The state decides, not the answer: a
 * response may be lost, and a service may agree to what it does not do.
 */
async function applied({
  target,
  changes,
}: Pick<Extract<Plan, { kind: 'service' }>, 'target' | 'changes'>): Promise<readonly Undone[]> {
  if (changes.length === 0) return [];
  const undone = (text: string): Undone => ({ target, problem: `${target.name}: ${text}` });
  const answer = await answerOf(() => target.apply(changes));
  const state = await answerOf(() => target.readBack());
  if (state.kind === 'none') return [undone(`could not be read back: ${state.why}`)];
  return changes
    .filter(({ key, value }) => !isDeepStrictEqual(state.value.get(key), value))
    .map(({ key }) => {
      const why =
        answer.kind === 'none'
          ? answer.why
          : answer.value.find((refusal) => refusal.key === key)?.why;
      return undone(`\`${key}\` was not set${why === undefined ? '' : `: ${why}`}`);
    });
}

type Answer<Value> =
  | { readonly kind: 'answer'; readonly value: Value }
  | { readonly kind: 'none'; readonly why: string };

async function answerOf<Value>(ask: () => Promise<Value>): Promise<Answer<Value>> {
  try {
    return { kind: 'answer', value: await ask() };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { kind: 'none', why: error.message };
  }
}
