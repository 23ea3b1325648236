/**
 * Does a path with forward slashes match a glob? `*` and `?` stay within one folder, `**` crosses folders, `{a,b}` and
 * `[abc]` choose. A pattern without a slash is matched against the last part of the path.
 */
export function matchesGlob(path: string, pattern: string): boolean {
  const expression = globToRegExp(pattern.startsWith("./") ? pattern.slice(2) : pattern);
  return expression.test(pattern.includes("/") ? path : path.slice(path.lastIndexOf("/") + 1));
}

function globToRegExp(pattern: string): RegExp {
  let source = "";
  let braces = 0;
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    if (pattern.startsWith("**/", at)) {
      source += "(?:.*/)?";
      at += 2;
    } else if (pattern.startsWith("**", at)) {
      source += ".*";
      at += 1;
    } else if (character === "*") source += "[^/]*";
    else if (character === "?") source += "[^/]";
    else if (character === "[" && pattern.indexOf("]", at + 2) > 0) {
      const end = pattern.indexOf("]", at + 2);
      const members = pattern
        .slice(at + 1, end)
        .replace(/^!/, "^")
        .replace(/[\\[]/g, "\\$&");
      source += `[${members}]`;
      at = end;
    } else if (character === "{") {
      braces++;
      source += "(?:";
    } else if (character === "}" && braces > 0) {
      braces--;
      source += ")";
    } else if (character === "," && braces > 0) source += "|";
    else source += character.replace(/[.+^$()|[\]\\{}]/g, "\\$&");
  }
  return new RegExp(`^${source}${")".repeat(braces)}$`);
}
