import type { FileChange } from '../../src/forge/forge.ts';
import { DAY, HOUR, type Instant } from '../../src/time.ts';
import type { Home } from '../support/homes.ts';
import { mergeTexts } from '../support/memory-repository.ts';
import { linesOf } from './audit.ts';
import { EDITS, type Edit, edited, isBroken } from './edits.ts';
import { CONFIG_PATH, configText, type House, keyOf, pathOf } from './files.ts';
import type { Journal } from './journal.ts';
import { type Random, random } from './random.ts';
import { branchOf } from './reverts.ts';
import type { Standing, Watch } from './watch.ts';

/** What somebody says in a comment. */
export interface Saying {
  readonly key: string;
  readonly verb: string;
  readonly user: string;
}

/** Those who work in the repository beside the bot, and see to their flags now and then. */
export interface People {
  /** How often somebody changed anything. */
  readonly acts: number;
  /** What they do about one flag in five minutes; what they say is for the bot to hear. */
  about(key: string, step: number, at: Instant): Promise<Saying | undefined>;
  /** What they do about the config and everything else. */
  elsewhere(step: number, at: Instant): Promise<void>;
  /** Somebody gets in between: mostly at the very files that a run is about to write. */
  intrude(paths: readonly string[], draw: Random, at: Instant): Promise<void>;
}

const ADA = { name: 'Ada', email: 'ada@example.com' };
const NAMES = ['ada', 'lin', 'grace', 'rae', 'mallory'];
const VERBS = 'rollback pause resume promote approve kill unkill restart'.split(' ');

export async function openPeople({
  home,
  watch,
  journal,
  house: first,
  keys,
  storm,
  seed,
}: {
  readonly home: Home;
  readonly watch: Watch;
  readonly journal: Journal;
  readonly house: House;
  readonly keys: readonly string[];
  readonly storm: number;
  readonly seed: string;
}): Promise<People> {
  const forge = await home.open(ADA);
  const { environments } = first;
  /** Files that somebody deleted and may bring back. */
  const deleted = new Map<string, FileChange>();
  let house = first;
  let broken = false;
  let acts = 0;

  async function push(message: string, changes: readonly FileChange[], at: Instant): Promise<void> {
    const outcome = await forge.commit(await forge.head(), message, changes, at);
    if (outcome.kind !== 'committed') throw new Error(`nobody else was there: ${outcome.kind}`);
    watch.person(outcome.oid, at);
    acts += 1;
  }

  /** The file of a flag as it is now. */
  async function fileOf(key: string): Promise<{ path: string; text: string } | undefined> {
    const { oid } = await forge.head();
    const usual = pathOf(key, environments);
    for (const path of [usual, usual.replace(/aml$/, 'ml')]) {
      const text = await forge.readAt(oid, path);
      if (text !== undefined) return { path, text };
    }
    return undefined;
  }

  async function edit(key: string, what: Edit, draw: Random, at: Instant): Promise<void> {
    const file = await fileOf(key);
    const text = file && edited(file.text, what, draw);
    if (!file || text === undefined || text === file.text) return;
    journal.note(key, at, `ada edits the file: ${what}`);
    await push(`Edit ${key}: ${what}\n`, [{ path: file.path, text }], at);
  }

  async function move(key: string, how: 'delete' | 'rename', at: Instant): Promise<void> {
    const file = await fileOf(key);
    if (!file) return;
    const { path, text } = file;
    journal.note(key, at, `ada does ${how} ${path}`);
    const gone = { path, text: undefined };
    const other = path.endsWith('.yaml') ? path.replace(/aml$/, 'ml') : path.replace(/ml$/, 'aml');
    if (how === 'delete') deleted.set(key, { path, text });
    await push(`Do ${how}\n`, how === 'delete' ? [gone] : [gone, { path: other, text }], at);
  }

  /** `git revert` of the last commit that the bot made to a file, where git can do it. */
  async function undo(key: string, at: Instant): Promise<void> {
    const file = await fileOf(key);
    const head = await forge.head();
    if (!file) return;
    const looked = await forge.lookUp(head.oid, [{ path: file.path, revertBranch: '' }], 1);
    const oid = looked.get(file.path)?.touches[0]?.oid;
    const parent = oid && (await forge.parent(oid));
    if (!oid || !parent || linesOf(await forge.message(oid)).length === 0) return;
    const changes: FileChange[] = [];
    for (const path of await forge.changedPaths(parent, oid)) {
      const read = (at: string) => forge.readAt(at, path);
      const merged = mergeTexts(await read(head.oid), await read(oid), await read(parent));
      if (merged.kind === 'conflict') return;
      changes.push({ path, text: merged.text });
    }
    for (const { path } of changes) {
      const whose = keyOf(path, environments);
      if (whose !== undefined) journal.note(whose, at, 'ada says git revert');
    }
    await push(`Revert "${oid}"\n`, changes, at);
  }

  async function settle(key: string, branch: string, draw: Random, at: Instant): Promise<void> {
    const how = draw.weighted({ merge: 5, decline: 5, drop: 1 });
    if (how === 'merge' && !(await home.merge(branch, at))) return;
    if (how === 'merge') watch.person((await forge.head()).oid, at, true);
    if (how === 'decline') await home.decline(branch);
    if (how === 'drop') await home.drop(branch);
    const states = { merge: 'merged', decline: 'declined', drop: 'dropped' } as const;
    watch.reverts.note(branch, states[how], at);
    journal.note(key, at, `ada does ${how} its revert`);
    acts += 1;
  }

  /** What somebody says who wants the flag to go on. */
  function tending({ key, flag }: Standing, draw: Random): Saying | undefined {
    const say = (verb: string) => ({ key, verb, user: draw.pick(['ada', 'lin']) });
    if (!flag) return undefined;
    if (flag.kill) return say('unkill');
    if (flag.phase === 'completed') return say('restart');
    if (['paused', 'rolled-back', 'degraded'].includes(flag.phase)) {
      return say(flag.index < 0 ? 'restart' : 'resume');
    }
    if (draw.chance(flag.autoPromote ? 0.1 : 0.3)) return say('promote');
    const next = flag.stages[flag.index + 1]?.approvals ?? 0;
    const needs = flag.phase === 'pending' ? flag.firstApprovals : next;
    return needs > 0 && draw.chance(0.5) ? say('approve') : undefined;
  }

  async function about(key: string, step: number, at: Instant): Promise<Saying | undefined> {
    const draw = random(seed, key, step);
    const standing = watch.standings.get(key);
    const back = deleted.get(key);
    if (!standing) {
      if (!back || !draw.chance(0.1)) return undefined;
      deleted.delete(key);
      journal.note(key, at, 'ada brings the file back');
      await push('Bring it back\n', [back], at);
      return undefined;
    }
    if (isBroken(standing.text)) {
      if (draw.chance(0.1)) await edit(key, 'mend', draw, at);
      return draw.chance(0.03) ? { key, verb: 'kill', user: draw.pick(NAMES) } : undefined;
    }
    const branch = standing.flag && branchOf(key, standing.flag, environments);
    if (branch !== undefined && watch.reverts.state(branch) === 'open' && draw.chance(0.2)) {
      await settle(key, branch, draw, at);
      return undefined;
    }
    if (draw.chance(0.05)) return tending(standing, draw);
    if (!draw.chance(storm / 150)) return undefined;
    const what = draw.weighted({ edit: 10, undo: 3, move: 1, say: 10 });
    if (what === 'edit') await edit(key, draw.weighted(EDITS), draw, at);
    if (what === 'undo') await undo(key, at);
    if (what === 'move') await move(key, draw.pick(['delete', 'rename']), at);
    return what === 'say' ? { key, verb: draw.pick(VERBS), user: draw.pick(NAMES) } : undefined;
  }

  async function config(what: string, text: string, at: Instant): Promise<void> {
    journal.note('everybody', at, `ada edits the config: ${what}`);
    await push(`Config: ${what}\n`, [{ path: CONFIG_PATH, text }], at);
  }

  async function elsewhere(step: number, at: Instant): Promise<void> {
    const draw = random(seed, 'config', step);
    if (broken) {
      if (!draw.chance(0.15)) return;
      broken = false;
      await config('mended', configText(house), at);
      return;
    }
    if (draw.chance(0.02)) await push('Work\n', [{ path: 'src/a.ts', text: `${step}\n` }], at);
    if (!draw.chance(1 / 120)) return;
    const what = draw.weighted({ freeze: 3, thaw: 3, ladder: 3, break: 2 });
    const day = (when: Instant): string => new Date(when).toISOString().slice(0, 10);
    if (what === 'freeze') {
      house = { ...house, freezes: [{ from: day(at + 2 * HOUR), to: day(at + DAY) }] };
    }
    if (what === 'thaw') house = { ...house, freezes: [] };
    if (what === 'ladder') house = { ...house, quarter: house.quarter === 2 ? 3 : 2 };
    broken = what === 'break';
    const text = configText(house);
    const { oid } = await forge.head();
    const now = broken ? `${text}<<<<<<< HEAD\n` : text;
    if ((await forge.readAt(oid, CONFIG_PATH)) !== now) await config(what, now, at);
  }

  async function intrude(paths: readonly string[], draw: Random, at: Instant): Promise<void> {
    const about = paths.map((path) => keyOf(path, environments)).filter((key) => key !== undefined);
    const key = draw.pick(about.length > 0 && draw.chance(0.7) ? about : keys);
    const standing = watch.standings.get(key);
    const branch = standing?.flag && branchOf(key, standing.flag, environments);
    switch (draw.weighted({ pause: 3, kill: 2, note: 2, stage: 1, settle: 2, work: 4 })) {
      case 'pause':
        return edit(key, 'pause', draw, at);
      case 'kill':
        return edit(key, 'kill', draw, at);
      case 'note':
        return edit(key, 'note', draw, at);
      case 'stage':
        return edit(key, 'stage', draw, at);
      case 'settle':
        if (branch !== undefined && watch.reverts.state(branch) === 'open') {
          await settle(key, branch, draw, at);
        }
        return;
      case 'work':
        await push('Work\n', [{ path: 'src/b.ts', text: `${draw.float()}\n` }], at);
    }
  }

  return {
    get acts() {
      return acts;
    },
    about,
    elsewhere,
    intrude,
  };
}
