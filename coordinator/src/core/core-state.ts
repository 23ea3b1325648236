import { ConnectedVersions } from "./scheduling/connected-versions.ts";
import { Dispatcher } from "./scheduling/dispatcher.ts";
import { PendingTasks } from "./scheduling/pending-tasks.ts";
import { RunnerTable } from "./scheduling/runner-table.ts";
import { defaultScheduling, type SchedulingSettings } from "./scheduling/settings.ts";
import { SlotTable } from "./scheduling/slot-table.ts";
import { TaskTable } from "./scheduling/task-table.ts";
import { WorkingMemory } from "./scheduling/working-memory.ts";
import { StepRecord } from "./step-record.ts";

/** Settings of a partition. */
export interface PartitionOptions {
  /** Milliseconds. */
  readonly leaseMs: number;
  /** Returns a uniform random number in [0, 1). */
  readonly random: () => number;
  /** How many queued runs are kept in memory. @defaultValue 20,000 */
  readonly backlogBudget?: number;
  /** @defaultValue `defaultScheduling` */
  readonly scheduling?: SchedulingSettings;
}

/** The parts of the core that event handlers read and change. */
export interface CoreState {
  readonly memory: WorkingMemory;
  readonly tasks: TaskTable;
  readonly runners: RunnerTable;
  readonly slots: SlotTable;
  readonly dispatcher: Dispatcher;
  readonly pending: PendingTasks;
  readonly versions: ConnectedVersions;
  readonly record: StepRecord;
  readonly random: () => number;
  /** The most queued runs of one queue; absent: no limit. */
  readonly maxQueueLength: number | undefined;
}

/** Creates the state of an empty partition. */
export function makeCoreState(options: PartitionOptions): CoreState {
  const { backlogBudget, leaseMs, random, scheduling = defaultScheduling } = options;
  const record = new StepRecord();
  const tasks = new TaskTable(scheduling);
  const runners = new RunnerTable(leaseMs);
  const slots = new SlotTable(scheduling, tasks);
  const dispatcher = new Dispatcher({ tasks, runners, slots });
  const memory = new WorkingMemory({ runners, slots, dispatcher, record }, backlogBudget);
  const pending = new PendingTasks({ tasks, memory, record });
  const versions = new ConnectedVersions({ tasks, runners, memory, pending });
  const { maxQueueLength } = scheduling;
  return { memory, tasks, runners, slots, dispatcher, pending, versions, record, random, maxQueueLength };
}
