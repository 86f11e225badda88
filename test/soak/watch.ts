import type { Forge } from '../../src/forge/forge.ts';
import { anywhere } from '../../src/forge/wanted.ts';
import type { Oid } from '../../src/model/head.ts';
import type { Instant } from '../../src/time.ts';
import { recordFault, recordsNamedIn } from '../support/records.ts';
import { lineFault, linesOf } from './audit.ts';
import { CONFIG_PATH, keyOf, TARGET_PATH } from './files.ts';
import { hasLasted, healthOf, unseenAt } from './health.ts';
import { type Journal, Objection } from './journal.ts';
import { hasCause, type Judged, objections } from './model.ts';
import type { Ledger, Run } from './process.ts';
import {
  type Check,
  type Flag,
  isExposed,
  meaningOf,
  type Rules,
  rank,
  readFlag,
  readRules,
} from './read.ts';
import { branchOf, keepReverts, type Reverts } from './reverts.ts';
import {
  readTarget,
  saysKill,
  saysWho,
  standingFault,
  type Target,
  targetFault,
} from './target.ts';
import type { Truth } from './truth.ts';

/** A flag as the branch has it, and what its past says. */
export interface Standing {
  readonly key: string;
  readonly path: string;
  readonly text: string;
  /** Absent where the file is broken. */
  readonly flag: Flag | undefined;
  /** The last change but for approvals. */
  readonly changed: { readonly at: Instant; readonly merged: boolean };
  /** Whether somebody took its start back; and how many commits ago the first was that says so. */
  readonly startReverted: 'yes' | 'no' | 'unknown';
  readonly commitsSince: number;
  /** The ladder that its entry began with, where the bot began it. */
  readonly ladder?: string;
  /** The levels that the bot pinned in this very file, as JSON: nobody else's count. */
  readonly levels?: string;
  /** The approvals, as JSON, that the bot wrote into this very file and that have been there since. */
  readonly given: ReadonlySet<string>;
  /** All that it lists. */
  readonly listed: ReadonlySet<string>;
}

/** Follows a repository commit by commit and holds each to the model. */
export interface Watch {
  readonly ledger: Ledger;
  readonly reverts: Reverts;
  readonly standings: ReadonlyMap<string, Standing>;
  /** Of the newest config that is valid. */
  readonly rules: Rules | undefined;
  /** Whether the config on the branch has errors: nothing goes up, and what did not move stays. */
  readonly badConfig: boolean;
  readonly counts: Map<string, number>;
  /** A person made this commit. */
  person(oid: Oid, at: Instant, merged?: boolean): void;
  /** Looks at every commit since the last time. @throws Objection */
  follow(): Promise<void>;
  /** Whether the target says what the rollouts say now. @throws Objection */
  compareTarget(): Promise<void>;
  judged(standing: Standing, at: Instant): readonly Judged[];
}

export async function openWatch(forge: Forge, truth: Truth, journal: Journal): Promise<Watch> {
  let moment = 0;
  const runs = new Map<Oid, Run>();
  const people = new Map<Oid, { at: Instant; merged: boolean }>();
  const carriedOut = new Set<string>();
  const standings = new Map<string, Standing>();
  const counts = new Map<string, number>();
  /** The levels that the bot pinned last, by the path of the file, as JSON. */
  const pinned = new Map<string, string>();
  /** Reverts that were offered again after they had been taken back. */
  const reopened = new Map<string, string>();
  const tick = (): number => {
    moment += 1;
    return moment;
  };
  const reverts = keepReverts(tick);
  let rules: Rules | undefined;
  let badConfig = false;
  let seen: Oid | undefined;
  let stood: Target = {};

  const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);

  function judged(standing: Standing, at: Instant): readonly Judged[] {
    const { key, flag, changed } = standing;
    if (!flag || !isExposed(flag)) return [];
    const since = Math.max(flag.since ?? 0, changed.at);
    return flag.checks.map((check) => ({
      check,
      health: healthFrom(since, check),
      lasted: hasLasted(key, flag, check, at, truth),
    }));

    /** A provider that is down is asked, and missed, also where somebody has just touched the file. */
    function healthFrom(since: Instant, check: Check): Judged['health'] {
      const health = healthOf(key, { ...flag, since } as Flag, check, at, truth);
      const asked = health === 'lacking' ? healthOf(key, flag as Flag, check, at, truth) : health;
      if (asked === 'dark') return 'dark';
      const isWell = health === 'good' || health === 'warn';
      return isWell && restsOnForeignLevels(standing, check) ? 'lacking' : health;
    }
  }

  const ledger: Ledger = {
    tick,
    // As the run was then: it may look again before it ends.
    committed: (oid, run) => void runs.set(oid, { ...run }),
    withdrawn: (branch) => {
      if (reverts.state(branch) !== 'declined') reverts.note(branch, 'withdrawn', 0);
    },
    proposed({ branch, message }, opened, run) {
      const [line] = linesOf(message);
      const key = line?.key ?? 'everybody';
      journal.note(key, run.now, `${run.by} ${opened ? 'offers' : 'finds'} ${branch}`);
      if (!opened) return;
      count('offered');
      const before = reverts.state(branch);
      if (before === 'withdrawn') reopened.set(branch, key);
      if (before !== undefined && before !== 'dropped' && before !== 'withdrawn') {
        throw new Objection(key, `offered ${branch} again, which is ${before}`);
      }
      reverts.note(branch, 'open', run.now);
      const standing = standings.get(key);
      // Only of the entry as it was known before the run.
      if (
        !standing?.flag ||
        !rules ||
        branchOf(key, standing.flag, rules.environments) !== branch
      ) {
        return;
      }
      const { flag, changed } = standing;
      const checks = judged(standing, run.now);
      if (hasCause({ before: flag, checks, changed, now: run.now, rules })) return;
      throw new Objection(key, `offered ${branch} though nothing is wrong`);
    },
  };

  async function follow(): Promise<void> {
    const { oid: head } = await forge.head();
    const fresh: Oid[] = [];
    for (let at: Oid | undefined = head; at !== undefined && at !== seen; ) {
      fresh.unshift(at);
      at = await forge.parent(at);
    }
    for (const oid of fresh) await look(oid);
    seen = head;
    for (const [branch, key] of reopened) {
      const flag = standings.get(key)?.flag;
      // A person may have put the entry back.
      if (flag && rules && branchOf(key, flag, rules.environments) !== branch) {
        throw new Objection(key, `offered ${branch} again, whose entry is over`);
      }
    }
    reopened.clear();
  }

  async function look(oid: Oid): Promise<void> {
    const parent = await forge.parent(oid);
    const config = await forge.readAt(oid, CONFIG_PATH);
    const now = config === undefined ? undefined : readRules(config);
    const environments = (now ?? rules)?.environments ?? [];
    const paths =
      parent === undefined
        ? (
            await forge.read(
              oid,
              anywhere(() => true),
              { maxBytes: 1e9 },
            )
          ).files.map(({ path }) => path)
        : await forge.changedPaths(parent, oid);
    const run = runs.get(oid);
    const person = people.get(oid);
    const at = Math.floor((run?.now ?? person?.at ?? 0) / 1000) * 1000;
    const message = run ? await forge.message(oid) : '';
    const lines = linesOf(message);
    const records = recordsNamedIn(message);
    for (const named of records) {
      const fault = recordFault(await forge.readAt(oid, named.path), named);
      if (fault !== undefined) throw new Objection('everybody', fault);
      count('records');
    }
    const changed = new Set<string>();
    // What a config says of a file is said of all of them.
    if (now && paths.includes(CONFIG_PATH)) reread(now);
    if (now) rules = now;
    badConfig = config !== undefined && !now;
    for (const path of paths) {
      const key = keyOf(path, environments);
      if (key === undefined) {
        const isRecord = records.some((named) => named.path === path);
        if (run && path !== TARGET_PATH && !isRecord)
          throw new Objection('everybody', `${run.by} wrote ${path}`);
        continue;
      }
      const before = standings.get(key);
      const text = await forge.readAt(oid, path);
      if (text === undefined) {
        if (run) throw new Objection(key, `${run.by} deleted ${path}`);
        if (before?.path === path) standings.delete(key);
        continue;
      }
      const read = rules && readFlag(text, rules);
      const listed = new Set((read?.approvals ?? []).map((each) => JSON.stringify(each)));
      const given = givenIn(before?.path === path ? before : undefined, listed, run);
      const flag = read && withoutOthers(read, given);
      const after: Standing = {
        key,
        path,
        text,
        flag,
        given,
        listed,
        ...(parent === undefined
          ? FRESH
          : startOf(before?.path === path ? before : undefined, flag)),
        changed:
          before?.path === path &&
          (run?.by === 'approve' || meaningOf(before.text) === meaningOf(text))
            ? before.changed
            : { at, merged: person?.merged ?? false },
      };
      const pins = ({ key: of, action }: (typeof lines)[number]): boolean =>
        of === key && (action === 'start' || action === 'advance');
      const [was, is] = [before?.flag, flag].map((each) => JSON.stringify(each?.pinned));
      if (lines.some(pins) && is !== undefined && is !== was) pinned.set(path, is);

      changed.add(key);
      if (run) {
        const line = lines.find((each) => each.key === key || each.action === 'kill');
        if (!line)
          throw new Objection(key, `${run.by} changed ${path} and its message says nothing`);
        held(run, before, after, line);
      }
      const levels = pinned.get(path);
      standings.set(key, {
        ...withLadder(before, after, run),
        ...(levels === undefined ? {} : { levels }),
      });
    }
    for (const line of lines) {
      if (!changed.has(line.key) && line.from !== 'invalid') {
        throw new Objection(line.key, `the message says ${line.action}, and nothing changed`);
      }
      if (line.via === undefined) continue;
      // A kill that somebody took back by git is carried out anew when its run is repeated: it is safer.
      if (carriedOut.has(line.via) && line.action !== 'kill')
        throw new Objection(line.key, `obeyed ${line.via} twice`);
      carriedOut.add(line.via);
    }
    // Also a commit of the target alone, which compiles what people edited: if somebody breaks a file
    // while that run still goes on, the entry that has to stay is the one of this commit.
    if (run) await compareTargetAt(oid, (key) => badConfig && !changed.has(key));
    // Whoever takes a commit back takes back what it compiled.
    else if (paths.includes(TARGET_PATH)) {
      stood = readTarget(await forge.readAt(oid, TARGET_PATH));
    }
  }

  /** Holds one change of the bot's to the model. */
  function held(
    run: Run,
    before: Standing | undefined,
    after: Standing,
    line: ReturnType<typeof linesOf>[number],
  ): void {
    const { key } = after;
    if (!before || !rules) throw new Objection(key, `${run.by} made ${after.path}`);
    const what = `${run.by}${run.user === undefined ? '' : ` by ${run.user}`}`;
    journal.note(key, run.now, `${what}: ${line.action} ${line.from}->${line.to}`);
    if (!before.flag) {
      const killed = run.by === 'kill' && saysKill(after.text);
      if (!killed) throw new Objection(key, `${run.by} changed a broken file`);
      return;
    }
    count(rank(before.flag) < rank(after.flag ?? before.flag) ? 'up' : line.action);
    const branch = branchOf(key, before.flag, rules.environments);
    // One that was there when all were listed counts if it is gone since: to delete a branch says nothing.
    const looked = reverts.seen(branch, run.looked) === 'none' ? run.listed : run.looked;
    const openedAt = reverts.openedAt(branch, looked);
    const staging = standings.get(key.replace(/@.*/, '@staging'))?.flag;
    const wrong = objections({
      before: before.flag,
      after: after.flag,
      by: run.by,
      ...(run.user === undefined ? {} : { user: run.user }),
      now: run.now,
      rules,
      checks: judged(before, run.now),
      changed: before.changed,
      startReverted: before.startReverted,
      revert: reverts.seen(branch, looked),
      ...(openedAt === undefined ? {} : { revertOpenedAt: openedAt }),
      ...(before.ladder === undefined ? {} : { ladderBefore: before.ladder }),
      firstCompleted: staging?.phase === 'completed' && !staging.kill,
    });
    const unseen = line.action === 'start' && unseenAt(key, before.flag, run.now, truth);
    const isBlind = unseen === 'dark' || (unseen === 'silent' && run.by !== 'promote');
    const unaccounted = after.flag && lineFault(line, before.flag, after.flag);
    const all = [
      ...wrong,
      ...(isBlind ? [`started it unseen: its metrics are ${unseen}`] : []),
      ...(badConfig && !mayActOnBadConfig(run, before.flag, after.flag)
        ? ['by a config with errors']
        : []),
      ...(unaccounted === undefined ? [] : [unaccounted]),
    ];
    if (all.length > 0) throw new Objection(key, `${what} ${all.join('; ')}`);
  }

  function reread(now: Rules): void {
    for (const [key, standing] of standings) {
      const flag = readFlag(standing.text, now);
      standings.set(key, { ...standing, flag: flag && withoutOthers(flag, standing.given) });
    }
  }

  function compareOne({ key, flag, text }: Standing, target: Target, mayStand: boolean): void {
    const stayed = (): string | undefined => standingFault(target[key], stood[key], text);
    const fault = flag && saysWho(flag) ? targetFault(target[key], flag) : stayed();
    const stands = mayStand && !flag?.kill && stayed() === undefined;
    if (fault !== undefined && !stands) throw new Objection(key, fault);
  }

  async function compareTarget(): Promise<void> {
    const { oid } = await forge.head();
    await compareTargetAt(oid, () => badConfig);
  }

  /** Holds the target of a commit to the rollouts of it, and keeps it as the one that stood. */
  async function compareTargetAt(oid: Oid, mayStand: (key: string) => boolean): Promise<void> {
    const target = readTarget(await forge.readAt(oid, TARGET_PATH));
    for (const standing of standings.values()) {
      compareOne(standing, target, mayStand(standing.key));
    }
    const stray = Object.keys(target).find((key) => !standings.has(key));
    if (stray !== undefined) throw new Objection(stray, 'it is in the target and has no file');
    stood = target;
  }

  await follow();
  return {
    ledger,
    reverts,
    standings,
    get rules() {
      return rules;
    },
    get badConfig() {
      return badConfig;
    },
    counts,
    person: (oid, at, merged = false) => void people.set(oid, { at, merged }),
    follow,
    compareTarget,
    judged,
  };
}

/** The bot looks at ten commits of a file, and at nothing of it under another name. */
const LOOKED_AT = 9;

const FRESH = { startReverted: 'no', commitsSince: 0 } as const;

/** Whether a pending flag was in a stage before, without a restart in between. */
function startOf(
  before: Standing | undefined,
  flag: Flag | undefined,
): Pick<Standing, 'startReverted' | 'commitsSince'> {
  const commitsSince = (before?.commitsSince ?? 0) + 1;
  const unknown = { startReverted: 'unknown', commitsSince } as const;
  if (!before) return { startReverted: flag?.stage === undefined ? 'unknown' : 'no', commitsSince };
  if (!flag || !before.flag) return unknown;
  if (flag.stage !== undefined || flag.phase === 'rolled-back' || flag.entry > before.flag.entry) {
    return FRESH;
  }
  if (before.flag.stage !== undefined) return { startReverted: 'yes', commitsSince: 0 };
  const { startReverted } = before;
  return startReverted === 'no' || commitsSince < LOOKED_AT
    ? { startReverted, commitsSince }
    : unknown;
}

/** While the config has errors, users are only taken back or kept where they are. */
function mayActOnBadConfig({ by }: Run, before: Flag, after: Flag | undefined): boolean {
  return (
    ['tick', 'rollback', 'kill', 'pause'].includes(by) &&
    after !== undefined &&
    rank(after) <= rank(before)
  );
}

/** Whether a check compares with a level that is in the file and that the bot did not write there. */
function restsOnForeignLevels({ flag, levels }: Standing, { metric }: Check): boolean {
  if (!flag || metric !== 'slow' || flag.stages[flag.index]?.kind === 'share') return false;
  return flag.pinned.slow !== undefined && JSON.stringify(flag.pinned) !== levels;
}

type Approved = Flag['approvals'][number];

/** An approval counts from the commit in which the bot wrote it until one in which it is gone. */
function givenIn(
  before: Standing | undefined,
  listed: ReadonlySet<string>,
  run: Run | undefined,
): ReadonlySet<string> {
  const isFresh = (each: string): boolean => run?.by === 'approve' && !before?.listed.has(each);
  return new Set([...listed].filter((each) => before?.given.has(each) || isFresh(each)));
}

/** A flag with the approvals that count. */
function withoutOthers(flag: Flag, given: ReadonlySet<string>): Flag {
  const counts = (each: Approved): boolean => given.has(JSON.stringify(each));
  return { ...flag, approvals: flag.approvals.filter(counts) };
}

/** A named ladder is that of the entry's beginning; what a person wrote is not known. */
function withLadder(before: Standing | undefined, after: Standing, run: Run | undefined): Standing {
  const { flag } = after;
  if (!run || flag?.ladder === undefined) return after;
  const begins = run.by === 'resume' || before?.flag?.phase === 'pending';
  const ladder = begins ? flag.ladder : before?.ladder;
  return ladder === undefined ? after : { ...after, ladder };
}
