import type { RunListener, RunWatcher } from "./run-watcher.ts";
import type { StreamingTransport } from "./transport.ts";
import { WatchHub } from "./watch-hub.ts";

/** Follows any number of runs over one stream, and opens another one only when that is full. */
export class StreamWatcher implements RunWatcher {
  readonly #transport: StreamingTransport;
  readonly #hubs: WatchHub[] = [];

  constructor(transport: StreamingTransport) {
    this.#transport = transport;
  }

  watch(runId: string, listener: RunListener): () => void {
    let hub = this.#hubs.find((candidate) => candidate.hasRoomFor(runId));
    if (!hub) {
      hub = new WatchHub(this.#transport);
      this.#hubs.push(hub);
    }
    return hub.watch(runId, listener);
  }
}
