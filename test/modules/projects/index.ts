import type { ModuleProject } from "../module-project.ts";
import { commonJsProjects } from "./commonjs.ts";
import { dataProjects } from "./data.ts";
import { esModuleProjects } from "./es-modules.ts";
import { orderProjects } from "./evaluation-order.ts";
import { functionTextProjects } from "./function-texts.ts";
import { interopProjects } from "./interop.ts";
import { jsxProjects } from "./jsx.ts";
import { nameProjects } from "./names.ts";
import { packageProjects } from "./packages.ts";
import { placeProjects } from "./places.ts";
import { typeScriptFormatProjects } from "./typescript-formats.ts";
import { typeScriptSyntaxProjects } from "./typescript-syntax.ts";
import { workspaceProjects } from "./workspaces.ts";

/** Projects around one idea. */
export interface Theme {
  readonly theme: string;
  readonly projects: readonly ModuleProject[];
}

/** Every project of the suite. */
export const themes: readonly Theme[] = [
  { theme: "order", projects: orderProjects },
  { theme: "CommonJS", projects: commonJsProjects },
  { theme: "ES modules", projects: esModuleProjects },
  { theme: "TypeScript formats", projects: typeScriptFormatProjects },
  { theme: "TypeScript syntax", projects: typeScriptSyntaxProjects },
  { theme: "interop", projects: interopProjects },
  { theme: "packages", projects: packageProjects },
  { theme: "workspaces", projects: workspaceProjects },
  { theme: "places", projects: placeProjects },
  { theme: "data", projects: dataProjects },
  { theme: "JSX", projects: jsxProjects },
  { theme: "function texts", projects: functionTextProjects },
  { theme: "names", projects: nameProjects },
];
