import { test } from "node:test";
import { task } from "../define/task.ts";
import type { RunOf } from "../runs/runs.ts";
import type { Stored } from "./stored.ts";

/** True when the two types are the same, and no looser. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function holds<_Claim extends true>(): void {}

interface Tree {
  readonly at: Date;
  readonly children: readonly Tree[];
}

declare class Decimal {
  toJSON(): string;
  plus(other: Decimal): Decimal;
}

test("the type of what arrives is that of what was given, but for toJSON", () => {
  type Plain = { a: string; b?: number; readonly c: readonly [Date, bigint | undefined]; d: Map<string, Set<URL>> };
  holds<Same<Stored<Plain>, Plain>>();
  holds<Same<Stored<unknown>, unknown>>();
  // An untyped value stays untyped.
  holds<Same<Stored<ReturnType<typeof JSON.parse>>, ReturnType<typeof JSON.parse>>>();
  holds<Same<Stored<void>, void>>();
  holds<Same<Stored<string & { readonly brand: "id" }>, string & { readonly brand: "id" }>>();
  holds<Same<Stored<"a" | 1 | null>, "a" | 1 | null>>();
  holds<Same<Stored<Buffer | RangeError>, Buffer | RangeError>>();
  holds<Same<Stored<{ price: Decimal; list: Decimal[] }>, { price: string; list: string[] }>>();
  holds<Same<Stored<Map<string, Decimal>>, Map<string, string>>>();
  holds<Same<Stored<{ onDone: () => void }>, { onDone: never }>>();
  const tree = undefined as unknown as Stored<Tree> | undefined;
  const same: Tree | undefined = tree;
  void same;
});

test("a client gets that type of a run", () => {
  const priced = task({ id: "priced", run: async (_payload: { at: Date }) => ({ price: null as unknown as Decimal }) });
  type Run = RunOf<typeof priced>;
  holds<Same<NonNullable<Run["output"]>, { price: string }>>();
  holds<Same<NonNullable<Run["payload"]>, { at: Date }>>();
});
