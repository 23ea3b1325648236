import type { StoreChoice } from "./bench-store.ts";
import { type Load, LoadedCoordinator, type LoadFigures, printLoadFigures } from "./coordinator-load.ts";
import { type Figure, figureOf, ratiosOf, type Wanted } from "./figure.ts";

/** Runs of a load in which only one run at a time is executed. */
const serialRuns = 2_000;
/** Within 20 % of the compared load. */
const alike: Wanted = { atLeast: 0.8 };
const restart: Wanted = { atMost: 1_500 };

/** A load, and the one that it is compared with. */
interface Compared {
  readonly name: string;
  readonly load: Load;
  readonly baseName?: string;
}

/** How much the bench of queues does. */
export interface QueuesOptions {
  readonly rounds: number;
  /** Numbers of queues; one queue is always measured. */
  readonly queues: readonly number[];
  readonly runs: number;
}

/** Measures triggers, dispatch and restart of a coordinator over few and many queues and tasks. */
export async function benchQueues(
  dir: string,
  choice: StoreChoice,
  { queues, rounds, runs }: QueuesOptions,
): Promise<readonly Figure[]> {
  const compared = loadsOf(queues, runs);
  const measured = new Map(compared.map(({ name }): [string, LoadFigures[]] => [name, []]));
  const coordinators: LoadedCoordinator[] = [];
  try {
    for (const { load } of compared) coordinators.push(await LoadedCoordinator.create(dir, choice, load));
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, { name }] of compared.entries()) {
        const figures = await (coordinators[index] as LoadedCoordinator).round();
        measured.get(name)?.push(figures);
        printLoadFigures(name, figures);
      }
    }
  } finally {
    for (const coordinator of coordinators) await coordinator[Symbol.asyncDispose]();
  }
  return compared.flatMap(({ baseName, name }) =>
    figuresOf(name, measured.get(name) ?? [], measured.get(baseName ?? "")),
  );
}

function loadsOf(queues: readonly number[], runs: number): readonly Compared[] {
  const many = queues.filter((count) => count > 1);
  const one = "1_queue_1_task";
  const serial = "1_queue_limit_1";
  return [
    { name: one, load: { queues: 1, tasks: 1, runs } },
    { name: "1_queue_5000_tasks", load: { queues: 1, tasks: 5_000, runs }, baseName: one },
    ...many.map((count) => ({ name: `${count}_queues`, load: { queues: count, tasks: count, runs }, baseName: one })),
    { name: serial, load: { queues: 1, tasks: 1, limit: 1, runs: serialRuns } },
    { name: `${serial}_5000_tasks`, load: { queues: 1, tasks: 5_000, limit: 1, runs: serialRuns }, baseName: serial },
    ...many.map((count) => ({
      name: `${count}_queues_limit_1`,
      load: { queues: count, tasks: count, limit: 1, runs },
      baseName: one,
    })),
  ];
}

function figuresOf(
  name: string,
  measured: readonly LoadFigures[],
  base: readonly LoadFigures[] | undefined,
): readonly Figure[] {
  const rounds = (member: keyof LoadFigures, of = measured) => of.map((figures) => figures[member]);
  const ratio = (member: keyof LoadFigures) => ratiosOf(rounds(member), rounds(member, base));
  return [
    figureOf(3, `triggers_per_s_${name}`, rounds("triggersPerSecond")),
    figureOf(3, `dispatches_per_s_${name}`, rounds("dispatchesPerSecond")),
    ...(base === undefined
      ? []
      : [
          figureOf(3, `triggers_${name}_ratio`, ratio("triggersPerSecond"), alike),
          figureOf(3, `dispatches_${name}_ratio`, ratio("dispatchesPerSecond"), alike),
          figureOf(3, `dispatch_cpu_${name}_ratio`, ratio("dispatchCpuUs")),
        ]),
    figureOf(3, `restart_${name}_ms`, rounds("restartMs"), restart),
  ];
}
