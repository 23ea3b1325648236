import type { StoreChoice } from "./bench-store.ts";
import { LoadedCoordinator, type LoadFigures, printLoadFigures } from "./coordinator-load.ts";
import { type Figure, figureOf, ratiosOf, type Wanted } from "./figure.ts";

/** Runs that are triggered and taken in each round. */
const runs = 20_000;
/** Within 20 % of an empty store. */
const alike: Wanted = { atLeast: 0.8 };

/** How much the bench of the backlog does. */
export interface BacklogOptions {
  readonly rounds: number;
  /** Queued runs of the full store. */
  readonly waiting: number;
  /** Numbers of queues, each with a task of its own. */
  readonly queues: readonly number[];
}

/** Measures a coordinator with an empty and with a full store, in alternating rounds. */
export async function benchBacklog(
  dir: string,
  choice: StoreChoice,
  { queues, rounds, waiting }: BacklogOptions,
): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const count of queues) {
    const load = { queues: count, tasks: count, runs };
    await using empty = await LoadedCoordinator.create(dir, choice, load);
    await using full = await LoadedCoordinator.create(dir, choice, load);
    await full.fill(waiting);
    const ofEmpty: LoadFigures[] = [];
    const ofFull: LoadFigures[] = [];
    const measure = async (title: string, coordinator: LoadedCoordinator, into: LoadFigures[]) => {
      const measured = await coordinator.round();
      into.push(measured);
      printLoadFigures(`${count} queues, ${title}`, measured);
    };
    for (let round = 0; round < rounds; round += 1) {
      await measure("empty", empty, ofEmpty);
      await measure(`${waiting.toLocaleString("en")} queued`, full, ofFull);
    }
    figures.push(...figuresOf(`${waiting}_queued_in_${count}_queues`, ofFull, ofEmpty));
  }
  return figures;
}

function figuresOf(name: string, full: readonly LoadFigures[], empty: readonly LoadFigures[]): readonly Figure[] {
  const rounds = (member: keyof LoadFigures, of = full) => of.map((figures) => figures[member]);
  const ratio = (member: keyof LoadFigures) => ratiosOf(rounds(member), rounds(member, empty));
  return [
    figureOf(7, `triggers_${name}_ratio`, ratio("triggersPerSecond"), alike),
    figureOf(7, `dispatches_${name}_ratio`, ratio("dispatchesPerSecond"), alike),
    figureOf(7, `dispatch_cpu_${name}_ratio`, ratio("dispatchCpuUs")),
    figureOf(7, `resident_${name}_mb`, rounds("queuedMiB"), { atMost: 300 }),
    figureOf(7, `resident_dispatching_${name}_mb`, rounds("dispatchMiB"), { atMost: 300 }),
    figureOf(7, `restart_${name}_ms`, rounds("restartMs"), { atMost: 3_000 }),
  ];
}
