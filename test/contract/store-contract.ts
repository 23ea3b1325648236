import { describe } from "node:test";
import { testCommits } from "./commit-contract.ts";
import { testLists } from "./list-contract.ts";
import { testLoading } from "./loading-contract.ts";
import { testMoving } from "./moving-contract.ts";
import type { StorePlace } from "./opened-place.ts";
import { testOwnership } from "./ownership-contract.ts";
import { testSideData } from "./side-contract.ts";

/**
 * Tests everything that `store.ts` promises, for one kind of store.
 * @param makePlace - returns an empty place for each test; stores on one place share its data
 */
export function describeStore(name: string, makePlace: () => StorePlace): void {
  describe(`${name} store`, () => {
    testOwnership(makePlace);
    testCommits(makePlace);
    testLoading(makePlace);
    testLists(makePlace);
    testSideData(makePlace);
    testMoving(makePlace);
  });
}
