import type { Run } from "@baton/coordinator/internal/core/life/run";
import { MemoryDisk, type WriteOutcome } from "@baton/coordinator/internal/store/memory/memory-disk";
import type { RunWrite } from "@baton/coordinator/internal/store/store";

/** A disk that reports every write. */
export class SimulatedDisk extends MemoryDisk {
  onWritten: (run: Run) => void = () => {};

  override write(write: RunWrite, epoch: number, batch: number): WriteOutcome {
    const before = this.runs.get(write.run.id)?.run;
    const outcome = super.write(write, epoch, batch);
    const after = this.runs.get(write.run.id)?.run;
    if (after !== undefined && after !== before) this.onWritten(after);
    return outcome;
  }
}
