import type { ItemError__Output, TriggeredRun__Output, TriggerItem, TriggerResult__Output } from "@baton/proto";
import { durationFromWire } from "../bundled/wire-time.ts";
import { apiErrorFrom } from "./errors.ts";
import type { Transport } from "./transport.ts";

const maxItems = 1_000;
const maxBytes = 4 * 1024 * 1024;

interface Waiting {
  readonly item: TriggerItem;
  readonly bytes: number;
  readonly timeoutMs: number;
  readonly resolve: (run: TriggeredRun__Output) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sends all triggers of one turn of the event loop as one `TriggerMany` call of at most 1,000 items or 4 MiB. Several calls
 * may be open at once.
 */
export class TriggerBatcher {
  readonly #transport: Transport;
  #waiting: Waiting[] = [];

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Triggers one run, without repeating a failed call. @throws ApiError */
  trigger(item: TriggerItem, timeoutMs: number): Promise<TriggeredRun__Output> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#flush());
      const bytes = 512 + Buffer.byteLength(item.payload ?? "") + Buffer.byteLength(item.payloadTypes ?? "");
      this.#waiting.push({ item, bytes, timeoutMs, resolve, reject });
    });
  }

  #flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    let call: Waiting[] = [];
    let bytes = 0;
    for (const entry of waiting) {
      const isFull =
        call.length === maxItems || bytes + entry.bytes > maxBytes || call[0]?.timeoutMs !== entry.timeoutMs;
      if (isFull && call.length > 0) {
        void this.#send(call);
        call = [];
        bytes = 0;
      }
      call.push(entry);
      bytes += entry.bytes;
    }
    void this.#send(call);
  }

  async #send(entries: readonly Waiting[]): Promise<void> {
    try {
      const items = entries.map((entry) => entry.item);
      const { results } = await this.#transport.call("TriggerMany", { items }, entries[0]?.timeoutMs ?? 0);
      for (const [index, entry] of entries.entries()) settle(entry, results[index]);
    } catch (error) {
      for (const entry of entries) entry.reject(error);
    }
  }
}

function settle(entry: Waiting, result: TriggerResult__Output | undefined): void {
  if (result?.run) entry.resolve(result.run);
  else entry.reject(result?.error ? itemError(result.error) : missingResult());
}

function itemError(error: ItemError__Output): Error {
  return apiErrorFrom({
    status: error.status,
    code: error.code,
    message: error.message,
    field: error.field === "" ? undefined : error.field,
    retryAfterMs: durationFromWire(error.retryDelay),
  });
}

function missingResult(): Error {
  return apiErrorFrom({ status: 13, code: "INTERNAL", message: "The coordinator gave no result for this trigger." });
}
