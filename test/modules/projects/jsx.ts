import { esm, type ModuleProject, mainTask } from "../module-project.ts";

/** Returns a package that replaces React and makes readable objects. */
function runtime(name: string): Record<string, string> {
  return {
    [`node_modules/${name}/package.json`]: `{ "name": "${name}", "type": "module", "exports": { ".": "./index.js", "./jsx-runtime": "./jsx-runtime.js", "./jsx-dev-runtime": "./jsx-runtime.js" } }`,
    [`node_modules/${name}/index.js`]: `export const createElement = (type, props, ...children) => ({ by: "${name} createElement", type, props, children });`,
    [`node_modules/${name}/jsx-runtime.js`]: `export const jsx = (type, props, key) => ({ by: "${name}", type, props, key });\nexport const jsxs = jsx, jsxDEV = jsx;\nexport const Fragment = "fragment";`,
  };
}

const view = (from: string) =>
  `import { jsx as _jsx, jsxs as _jsxs, Fragment as _Fragment } from "${from}/jsx-runtime";\nexport const view = _jsxs(_Fragment, { children: [_jsx("b", { id: "x", children: "text" }, "k"), _jsx("i", {})] });`;

const plainView = (from: string) => ({
  "trigger/main.js": mainTask("view", `import { view } from "../src/view.js";`),
  "src/view.js": view(from),
});

const tsx = (text: string) => ({
  ...esm,
  "trigger/main.ts": mainTask("view", `import { view } from "../src/view.tsx";`),
  "src/view.tsx": text,
});

const markup = `export const view: object = <><b key="k" id="x">text</b><i /></>;`;

/** JSX uses the automatic runtime wherever a setting does not ask for another one. */
export const jsxProjects: readonly ModuleProject[] = [
  {
    name: "without a setting",
    files: { ...tsx(markup), ...runtime("react") },
    plain: plainView("react"),
  },
  {
    name: "preserve, the setting of a Next.js application",
    compilerOptions: { jsx: "preserve" },
    files: { ...tsx(markup), ...runtime("react") },
    plain: plainView("react"),
  },
  {
    name: "react-jsx",
    compilerOptions: { jsx: "react-jsx" },
    files: { ...tsx(markup), ...runtime("react") },
  },
  {
    name: "jsxImportSource",
    compilerOptions: { jsx: "react-jsx", jsxImportSource: "preact" },
    files: { ...tsx(markup), ...runtime("preact"), ...runtime("react") },
  },
  {
    name: "jsxImportSource together with preserve",
    compilerOptions: { jsx: "preserve", jsxImportSource: "preact" },
    files: { ...tsx(markup), ...runtime("preact"), ...runtime("react") },
    plain: plainView("preact"),
  },
  {
    name: "in .js and .jsx",
    files: {
      ...esm,
      "trigger/main.js": mainTask(
        "[view, more]",
        `import { view } from "../src/view.js";\nimport { more } from "../src/more.jsx";`,
      ),
      "src/view.js": `export const view = <><b key="k" id="x">text</b><i /></>;`,
      "src/more.jsx": `export const more = <a.b {...{ c: 1 }} />;\nfunction a() {}\na.b = "member";`,
      ...runtime("react"),
    },
    plain: {
      "trigger/main.js": mainTask(
        "[view, more]",
        `import { view } from "../src/view.js";\nimport { more } from "../src/more.js";`,
      ),
      "src/view.js": view("react"),
      "src/more.js": `import { jsx } from "react/jsx-runtime";\nexport const more = jsx(a.b, { ...{ c: 1 } });\nfunction a() {}\na.b = "member";`,
    },
  },
  {
    name: "the classic setting, with a factory",
    compilerOptions: { jsx: "react", jsxFactory: "h" },
    files: {
      ...tsx(
        `const h = (type: string, props: object | null, ...children: unknown[]) => ({ by: "h", type, props, children });\nexport const view = <b id="x">text</b>;`,
      ),
    },
  },
];
