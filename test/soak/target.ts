import { type Flag, isExposed } from './read.ts';

/** A flag in the compiled target, as far as the model looks. */
interface Entry {
  readonly file: string;
  readonly phase: string;
  readonly stage: string | null;
  readonly killed: boolean;
  readonly variant: string;
  readonly audiences: readonly { readonly weight: number; readonly segments: readonly string[] }[];
}

export type Target = Readonly<Record<string, Entry>>;

export function readTarget(text: string | undefined): Target {
  return text === undefined ? {} : (JSON.parse(text) as { readonly flags: Target }).flags;
}

/** Whether a file says who gets what. A stage that does not exist says nothing: what stands stays. */
export const saysWho = (flag: Flag): boolean => !isExposed(flag) || flag.index >= 0;

/** What is wrong with a flag's entry, given a file that says who gets what. */
export function targetFault(entry: Entry | undefined, flag: Flag): string | undefined {
  if (!entry) return 'it is not in the target';
  const exposed = isExposed(flag);
  const stages = exposed ? flag.stages.slice(0, flag.index + 1) : [];
  const weight = Math.max(0, ...stages.map((stage) => (stage.kind === 'list' ? 0 : stage.weight)));
  const listed = stages.some(({ kind }) => kind === 'list') && weight < 100_000;
  const wanted = {
    phase: flag.phase,
    stage: flag.stage ?? null,
    killed: flag.kill,
    variant: exposed ? flag.arm : flag.control,
    weight,
    listed,
  };
  const { phase, stage, killed, variant, audiences } = entry;
  const everyone = audiences.filter(({ segments }) => segments.length === 0);
  const found = {
    phase,
    stage,
    killed,
    variant,
    weight: Math.max(0, ...everyone.map((audience) => audience.weight)),
    listed: audiences.length > everyone.length,
  };
  const [is, should] = [JSON.stringify(found), JSON.stringify(wanted)];
  return is === should ? undefined : `the target says ${is} and the file ${should}`;
}

/** The same for a file that does not say it, or cannot be read: off if it is killed, else as it stood. */
export function standingFault(
  entry: Entry | undefined,
  stood: Entry | undefined,
  text: string,
): string | undefined {
  if (entry && saysKill(text)) {
    const off = entry.killed && entry.audiences.length === 0;
    return off ? undefined : 'its broken file says kill, and it is on';
  }
  // It may have been moved meanwhile: the entry goes along.
  const file = entry?.file ?? '';
  return JSON.stringify(entry) === JSON.stringify(stood && { ...stood, file })
    ? undefined
    : 'nothing can be compiled from its file, and its entry in the target did not stay';
}

/** Whether a file that cannot be read says kill. */
export const saysKill = (text: string): boolean => /^\uFEFF?kill: true/m.test(text);
