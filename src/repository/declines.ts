import type { Revert } from '../decide/assessment.ts';
import type { Notice } from '../decide/outcome.ts';
import { ForgeFailure } from '../forge/error.ts';
import type { Forge, Permission } from '../forge/forge.ts';
import type { Config } from '../model/config.ts';
import type { Proposal } from '../model/proposal.ts';
import type { Rollout } from '../model/rollout.ts';
import { provenTrailers } from '../tell/commit.ts';
import { permissionOf } from './permission.ts';
import { revertBranch } from './revert-branch.ts';

/** What a proposal says about a rollout, before anybody is asked what a person may do. */
export type ProposalReading =
  | { readonly kind: 'open' }
  /** It is Sluice's own, but over, and was no answer. `why` is absent if Sluice itself closed it. */
  | { readonly kind: 'void'; readonly why?: string }
  /** Somebody closed it who may not decide, or in a way that says nothing. */
  | { readonly kind: 'closed'; readonly why: string }
  /** It counts if this person may say `rollback` now. */
  | { readonly kind: 'closed-by'; readonly login: string }
  | { readonly kind: 'declined'; readonly how: string };

/**
 * What a proposal of Sluice's own says about a rollout. A no counts only for what Sluice offered: its
 * own untouched commit, whose message proves that it takes this rollout back.
 */
export function readProposal(proposal: Proposal, { key }: Pick<Rollout, 'key'>): ProposalReading {
  const { state, message, closedBy } = proposal;
  if (state === 'open') return { kind: 'open' };
  if (state === 'closed' && closedBy?.kind === 'sluice') return { kind: 'void' };
  const over = state === 'merged' ? 'it was merged' : closing(proposal);
  if (message === undefined) {
    const why = `${over} and it does not hold Sluice's own commit alone`;
    return { kind: state === 'merged' ? 'void' : 'closed', why };
  }
  if (!takesBack(message, key)) {
    return { kind: 'void', why: `${over} and its commit does not prove that it takes ${key} back` };
  }
  // The entry continues all the same, so somebody undid it after they had seen it.
  if (state === 'merged')
    return { kind: 'declined', how: 'the revert of this entry was merged, and a person undid it' };
  switch (closedBy?.kind) {
    case 'person':
      return { kind: 'closed-by', login: closedBy.login };
    case 'writer':
      return {
        kind: 'declined',
        how: 'a person renamed the revert of this entry into rollout/declined/',
      };
    default:
      return { kind: 'closed', why: `${over}, and only a person can decline a revert` };
  }
}

/** Whether a message carries a trailer by which this rollout goes back, and a digest that holds. */
function takesBack(message: string, key: string): boolean {
  return provenTrailers(message).some(
    (trailer) => trailer.key === key && ['rollback', 'degrade'].includes(trailer.action),
  );
}

function closing({ closedBy }: Proposal): string {
  switch (closedBy?.kind) {
    case 'person':
      return `${closedBy.login} closed it`;
    case 'bot':
      return `the bot ${closedBy.login} closed it`;
    case 'writer':
      return 'somebody renamed it into rollout/declined/';
    default:
      return 'it was closed by an account that is gone';
  }
}

/** A rollout's revert, as far as it counts. */
export interface Judged {
  readonly revert: Revert;
  /** Sluice's own that are over and were no answer: one of them is offered again. */
  readonly replaces: readonly Proposal[];
}

/** Decides whose closing of a revert counts, and keeps what did not, with the reason. */
export interface RevertJudge {
  of(rollout: Rollout, proposals: readonly Proposal[]): Promise<Judged>;
  notices(): readonly Notice[];
}

/** Asks for what a person may do once a pass, and only if a proposal of a current entry was closed. */
export function revertJudge(
  { permission, isOwner }: Pick<Forge, 'permission' | 'isOwner'>,
  { commands, environments }: Pick<Config, 'commands' | 'environments'>,
): RevertJudge {
  const notices = new Map<string, Notice>();
  const asked = new Map<string, Promise<Permission>>();
  const forge = {
    isOwner,
    permission: (user: string): Promise<Permission> => {
      const known = asked.get(user) ?? permission(user);
      asked.set(user, known);
      return known;
    },
  };

  /** Why a person may not decline the revert; `undefined` if they may. */
  async function refusal(login: string, { owners }: Rollout): Promise<string | undefined> {
    try {
      // To decline keeps users exposed, so a doubt about who they are counts against them.
      const allowed = await permissionOf(forge, commands.allow.rollback, login, owners, {
        safer: false,
      });
      return allowed.kind === 'yes' ? undefined : `${allowed.why}. ${allowed.next}`;
    } catch (error) {
      if (!(error instanceof ForgeFailure)) throw error;
      return `what they may do could not be looked up: ${error.message}`;
    }
  }

  function note(code: Notice['code'], { key }: Rollout, { where }: Proposal, why: string): void {
    const detail = `${where} does not count: ${why}`;
    notices.set(`${key} ${detail}`, { code, subject: key, detail });
  }

  async function judge(rollout: Rollout, own: Proposal): Promise<Revert> {
    const closed = (why: string): Revert => {
      note('decline-not-counted', rollout, own, why);
      return { state: 'closed', openedAt: own.openedAt };
    };
    const reading = readProposal(own, rollout);
    switch (reading.kind) {
      case 'open':
        return { state: 'open', openedAt: own.openedAt };
      case 'declined':
        return { state: 'declined', how: reading.how };
      case 'void':
        if (reading.why !== undefined) note('not-our-revert', rollout, own, reading.why);
        return { state: 'none' };
      case 'closed':
        return closed(reading.why);
      case 'closed-by': {
        const { login } = reading;
        const why = await refusal(login, rollout);
        return why === undefined
          ? { state: 'declined', how: `${login} closed the revert of this entry unmerged` }
          : closed(`${login} closed it and may not say rollback: ${why}`);
      }
    }
  }

  return {
    async of(rollout, proposals) {
      const branch = revertBranch(rollout, environments);
      const named = proposals.filter((proposal) => proposal.branch === branch);
      for (const foreign of named.filter(({ ours }) => !ours)) {
        note('not-our-revert', rollout, foreign, whose(foreign));
      }
      const own = named.filter(({ ours }) => ours);
      const reverts: Revert[] = [];
      for (const each of own) reverts.push(await judge(rollout, each));
      const revert = WEIGHT.map((state) => reverts.findLast((each) => each.state === state)).find(
        (each) => each !== undefined,
      ) ?? { state: 'none' };
      // What was no answer neither hides one that waits nor stands in the way of another.
      const replaces = own.filter((_, i) => ['closed', 'none'].includes(reverts[i]?.state ?? ''));
      return { revert, replaces };
    },
    notices: () => [...notices.values()],
  };
}

/** Which of several counts: a no that counts, then what waits for people, the oldest of those. */
const WEIGHT: readonly Revert['state'][] = ['declined', 'open', 'closed', 'none'];

/** Whose a proposal is that has the name of a revert and is not Sluice's. */
function whose(proposal: Proposal): string {
  const { openedBy, state } = proposal;
  const opened =
    openedBy === undefined ? 'Sluice did not make it' : `${openedBy} opened it, not Sluice`;
  const closed = state === 'closed' && proposal.closedBy ? `, and ${closing(proposal)}` : '';
  return `it has the name of this stage's revert, but ${opened}${closed}`;
}
