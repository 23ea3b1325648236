import type { Run, RunStatus, TimelineEntry } from "./run.ts";

/** Entries kept with a run. */
export const maxTimelineEntries = 50;

function appended(timeline: readonly TimelineEntry[], entry: TimelineEntry): readonly TimelineEntry[] {
  if (timeline.length < maxTimelineEntries) return [...timeline, entry];
  const [first, ...rest] = timeline;
  return first === undefined ? [entry] : [first, ...rest.slice(1), entry];
}

/** The run in its next status: one revision on, the change noted on the timeline with its reason. */
export function moved(run: Run, status: RunStatus, at: number, reason: string | undefined, patch: Partial<Run>): Run {
  const entry: TimelineEntry = reason === undefined ? { status, at } : { status, at, reason };
  return {
    ...run,
    ...patch,
    status,
    revision: run.revision + 1,
    updatedAt: at,
    timeline: appended(run.timeline, entry),
  };
}
