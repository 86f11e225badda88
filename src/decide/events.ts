import type { Assessment } from './assessment.ts';
import type { Move } from './move.ts';
import type { Failure, Notice, Offer, Outcome } from './outcome.ts';

/**
 * Something that people may want to hear of. This is the one list: channels, annotations and whatever
 * tells people else are made from it, so that what one of them hears no other misses.
 */
export type Event =
  | { readonly kind: 'moved'; readonly move: Move }
  /** A step back waits for people to merge or to close it. */
  | { readonly kind: 'offered'; readonly offer: Offer }
  /** A rollout waits, and a person should look. */
  | { readonly kind: 'held'; readonly assessment: Assessment }
  /** A step back could be neither committed nor offered: people were asked to act here. */
  | { readonly kind: 'alarm'; readonly where: string }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'noticed'; readonly notice: Notice };

/** What a run is to be heard of for: what is grave first. */
export function eventsOf(
  outcome: Outcome,
  assessments: readonly Assessment[] = [],
  notices: readonly Notice[] = [],
): readonly Event[] {
  return [
    ...outcome.alarms.map((where): Event => ({ kind: 'alarm', where })),
    ...outcome.failures.map((failure): Event => ({ kind: 'failed', failure })),
    ...notices.map((notice): Event => ({ kind: 'noticed', notice })),
    ...outcome.made.flatMap(({ moves }) => moves.map((move): Event => ({ kind: 'moved', move }))),
    ...outcome.offered.map((offer): Event => ({ kind: 'offered', offer })),
    ...assessments
      .filter(({ decision }) => decision.kind === 'hold' && decision.tell)
      .map((assessment): Event => ({ kind: 'held', assessment })),
  ];
}
