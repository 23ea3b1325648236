import type { Store } from "@baton/coordinator/internal/store/store";

/**
 * Delays the answers of a store after they were read, so that they may be out of date when they arrive. Does not delay
 * the answers to batches, which the simulation delays itself.
 * @param arrive - resolves when the answer to one call arrives
 */
export function withLateAnswers(store: Store, arrive: () => Promise<void>): Store {
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      if (name === "commitBatch" || name === "close") return member.bind(target);
      return async (...given: unknown[]) => {
        const answer: unknown = await Reflect.apply(member, target, given);
        await arrive();
        return answer;
      };
    },
  });
}
