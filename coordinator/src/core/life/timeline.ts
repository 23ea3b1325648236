import type { RunStatus } from "@baton/proto/contract/run-status";
import type { Run, TimelineEntry } from "./run.ts";

/** Entries kept with a run. */
const maxTimelineEntries = 50;

function appended(timeline: readonly TimelineEntry[], entry: TimelineEntry): readonly TimelineEntry[] {
  if (timeline.length < maxTimelineEntries) return [...timeline, entry];
  const [first, ...rest] = timeline;
  return first === undefined ? [entry] : [first, ...rest.slice(1), entry];
}

/** A run under construction, before anybody else sees it. */
export type Draft = { -readonly [Member in keyof Run]: Run[Member] };

/** A copy of the run in its next status: one revision on, the change noted on the timeline with its reason. */
export function moved(run: Run, status: RunStatus, at: number, reason: string | undefined): Draft {
  const entry: TimelineEntry = reason === undefined ? { status, at } : { status, at, reason };
  const draft: Draft = { ...run };
  draft.status = status;
  draft.revision = run.revision + 1;
  draft.updatedAt = at;
  draft.timeline = appended(run.timeline, entry);
  return draft;
}
