import type { RunStatus } from "@baton/proto/contract/run-status";
import type { Run, TimelineEntry } from "./run.ts";

/** The most timeline entries that are kept with a run: the first one and the newest ones. */
const maxTimelineEntries = 50;

function appended(timeline: readonly TimelineEntry[], entry: TimelineEntry): readonly TimelineEntry[] {
  if (timeline.length < maxTimelineEntries) return [...timeline, entry];
  const [first, ...rest] = timeline;
  return first === undefined ? [entry] : [first, ...rest.slice(1), entry];
}

/** A run that is being built, and that no other code has yet. */
export type Draft = { -readonly [Member in keyof Run]: Run[Member] };

/** Copies a run into its next status: counts the revision up, and adds the change and its reason to the timeline. */
export function moved(run: Run, status: RunStatus, at: number, reason: string | undefined): Draft {
  const entry: TimelineEntry = reason === undefined ? { status, at } : { status, at, reason };
  const draft: Draft = { ...run };
  draft.status = status;
  draft.revision = run.revision + 1;
  draft.updatedAt = at;
  draft.timeline = appended(run.timeline, entry);
  return draft;
}
