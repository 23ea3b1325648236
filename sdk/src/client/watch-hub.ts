import type { Run__Output, WatchRunsResponse__Output } from "@baton/proto";
import { type ApiError, apiError, isRetryable } from "./errors.ts";
import { giveUpFollowingMs, reconnectPauses, retryDelayMs } from "./request-options.ts";
import type { RunListener, RunWatcher } from "./run-watcher.ts";
import type { StreamingTransport, WatchStream } from "./transport.ts";

/** Times of a hub in milliseconds. */
export interface WatchHubOptions {
  /** How long an unused stream stays open for the next watch. @defaultValue 50 */
  readonly lingerMs?: number;
  /** Pause before the first reconnection, doubled for each later one up to 2,000. @defaultValue 100 */
  readonly reconnectMs?: number;
  /** How long the hub tries to reconnect before it reports the error to its listeners. @defaultValue 60_000 */
  readonly giveUpMs?: number;
}

/** A stream that was open for this many milliseconds ends the count of failures, with or without a message. */
const settledMs = 5_000;
/** Failures in a row after which the hub gives up a coordinator that has never answered. */
const firstFailures = 5;

interface Watched {
  readonly listeners: Set<RunListener>;
  latest: Run__Output | undefined;
}

/**
 * Follows up to `maxRuns` runs over one stream.
 *
 * States: idle, connecting, open, reconnecting. The first watch moves from idle to connecting. A failure moves to
 * reconnecting; the next stream asks for every run again, with the revision that was seen last. The hub is idle again when
 * it has had no watch for `lingerMs`.
 */
export class WatchHub implements RunWatcher {
  static readonly maxRuns = 10_000;

  readonly #transport: StreamingTransport;
  readonly #lingerMs: number;
  readonly #reconnectMs: number;
  readonly #giveUpMs: number;
  readonly #watched = new Map<string, Watched>();
  readonly #toAdd = new Set<string>();
  readonly #toRemove = new Set<string>();
  #stream: WatchStream | undefined;
  #state: "idle" | "connecting" | "open" | "reconnecting" = "idle";
  #isFlushScheduled = false;
  #failures = 0;
  #failingSince = 0;
  #hasConnected = false;
  #lingerTimer: NodeJS.Timeout | undefined;

  constructor(transport: StreamingTransport, options: WatchHubOptions = {}) {
    this.#transport = transport;
    this.#lingerMs = options.lingerMs ?? 50;
    this.#reconnectMs = options.reconnectMs ?? reconnectPauses.minTimeoutMs;
    this.#giveUpMs = options.giveUpMs ?? giveUpFollowingMs;
  }

  /** Whether the hub can watch this run too. */
  hasRoomFor(runId: string): boolean {
    return this.#watched.size < WatchHub.maxRuns || this.#watched.has(runId);
  }

  watch(runId: string, listener: RunListener): () => void {
    clearTimeout(this.#lingerTimer);
    const watched = this.#watched.get(runId) ?? this.#add(runId);
    watched.listeners.add(listener);
    const { latest } = watched;
    if (latest) queueMicrotask(() => watched.listeners.has(listener) && listener.onRun(latest));
    return () => {
      watched.listeners.delete(listener);
      if (watched.listeners.size === 0 && this.#watched.get(runId) === watched) this.#remove(runId);
    };
  }

  #add(runId: string): Watched {
    const watched: Watched = { listeners: new Set(), latest: undefined };
    this.#watched.set(runId, watched);
    this.#toAdd.add(runId);
    this.#scheduleFlush();
    return watched;
  }

  #remove(runId: string): void {
    this.#watched.delete(runId);
    if (!this.#toAdd.delete(runId)) this.#toRemove.add(runId);
    if (this.#watched.size === 0) this.#lingerTimer = setTimeout(() => this.#close(), this.#lingerMs);
    this.#scheduleFlush();
  }

  #scheduleFlush(): void {
    if (this.#isFlushScheduled) return;
    this.#isFlushScheduled = true;
    setImmediate(() => {
      this.#isFlushScheduled = false;
      if (this.#stream) this.#flush(this.#stream);
      else if (this.#state === "idle" && this.#watched.size > 0) void this.#connect();
    });
  }

  #flush(stream: WatchStream): void {
    // Removals go first, so that the stream sends a run again that is watched again.
    if (this.#toRemove.size > 0) stream.send({ removeRunIds: [...this.#toRemove] });
    this.#toRemove.clear();
    if (this.#toAdd.size > 0) {
      const add = [...this.#toAdd].map((runId) => ({
        runId,
        seenRevision: this.#watched.get(runId)?.latest?.revision ?? 0,
      }));
      stream.send({ add });
    }
    this.#toAdd.clear();
  }

  async #connect(): Promise<void> {
    this.#state = "connecting";
    const openedAt = Date.now();
    let isOver = false;
    try {
      const stream = await this.#transport.openWatch({
        onMessage: (message) => this.#onMessage(message),
        onEnd: (error) => {
          isOver = true;
          if (Date.now() - openedAt >= settledMs) this.#failures = 0;
          this.#onEnd(error);
        },
      });
      if (!isOver) this.#onOpen(stream);
    } catch (error) {
      this.#state = "idle";
      this.#failAll(error as ApiError);
    }
  }

  #onOpen(stream: WatchStream): void {
    this.#state = "open";
    this.#stream = stream;
    if (this.#watched.size === 0) {
      this.#close();
      return;
    }
    this.#toRemove.clear();
    for (const runId of this.#watched.keys()) this.#toAdd.add(runId);
    this.#flush(stream);
  }

  #onMessage(message: WatchRunsResponse__Output): void {
    this.#failures = 0;
    this.#hasConnected = true;
    if (message.notFound) {
      this.#fail(message.notFound, apiError("RUN_NOT_FOUND", `No run has the id "${message.notFound}".`, "runId"));
      return;
    }
    const { run } = message;
    const watched = run && this.#watched.get(run.id);
    if (!watched) return;
    if (watched.latest && watched.latest.revision >= run.revision) return;
    const latest = withPayload(run, watched.latest);
    watched.latest = latest;
    for (const listener of Array.from(watched.listeners)) listener.onRun(latest);
  }

  #onEnd(error: ApiError | undefined): void {
    this.#stream = undefined;
    this.#state = "idle";
    if (this.#watched.size === 0) return;
    if (this.#failures === 0) this.#failingSince = Date.now();
    this.#failures++;
    if (error && this.#isHopeless(error)) {
      this.#failAll(error);
      return;
    }
    this.#state = "reconnecting";
    if (this.#failures === 1) {
      for (const { listeners } of this.#watched.values())
        for (const listener of listeners) listener.onConnectionLost?.();
    }
    const pauses = { ...reconnectPauses, minTimeoutMs: this.#reconnectMs };
    setTimeout(
      () => {
        this.#state = "idle";
        if (this.#watched.size > 0) void this.#connect();
      },
      retryDelayMs(pauses, this.#failures, error, Math.random()),
    );
  }

  #isHopeless(error: ApiError): boolean {
    if (!isRetryable(error)) return true;
    const isKnown = this.#hasConnected || this.#transport.hasAnswered === true;
    if (!isKnown && this.#failures >= firstFailures) return true;
    return Date.now() - this.#failingSince >= this.#giveUpMs;
  }

  #failAll(error: ApiError): void {
    this.#failures = 0;
    for (const runId of Array.from(this.#watched.keys())) this.#fail(runId, error);
  }

  #fail(runId: string, error: ApiError): void {
    const watched = this.#watched.get(runId);
    if (!watched) return;
    this.#remove(runId);
    const listeners = Array.from(watched.listeners);
    watched.listeners.clear();
    for (const listener of listeners) listener.onError(error);
  }

  #close(): void {
    this.#toRemove.clear();
    const stream = this.#stream;
    this.#stream = undefined;
    if (stream) this.#state = "idle";
    stream?.close();
  }
}

/** Adds the payload, which a stream sends only with the first state of a run. */
function withPayload(run: Run__Output, earlier: Run__Output | undefined): Run__Output {
  if (earlier === undefined || run.payload !== "") return run;
  return { ...run, payload: earlier.payload, payloadTypes: earlier.payloadTypes };
}
