import type { ModuleProject } from "../module-project.ts";
import { commonJsProjects } from "./commonjs.ts";
import { orderProjects } from "./evaluation-order.ts";

/** Every project of the suite. */
export const projects: readonly ModuleProject[] = [...orderProjects, ...commonJsProjects];
