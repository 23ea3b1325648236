import type { EnvironmentRule } from "./manifest.ts";

/** Returns the variables of `environment` that task code sees, never `BATON_*` or `NODE_OPTIONS`. */
export function taskEnvironment(environment: NodeJS.ProcessEnv, rule: EnvironmentRule): Record<string, string> {
  const seen: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || name.startsWith("BATON_") || name === "NODE_OPTIONS") continue;
    if (rule.allow !== undefined && !rule.allow.some((pattern) => matchesName(name, pattern))) continue;
    if (rule.deny?.some((pattern) => matchesName(name, pattern))) continue;
    seen[name] = value;
  }
  return seen;
}

function matchesName(name: string, pattern: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
