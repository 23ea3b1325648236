import { commonJs, esm, type ModuleProject, mainTask } from "../module-project.ts";

/** Syntax that TypeScript adds to the language. */
export const typeScriptSyntaxProjects: readonly ModuleProject[] = [
  {
    name: "types that are exported again without saying so",
    files: {
      ...esm,
      "trigger/main.ts": mainTask(
        "[area({ side: 2 }), all.more]",
        `import { type Shape, area } from "../src/index.ts";\nimport * as all from "../src/index.ts";\nexport { Shape };`,
      ),
      "src/index.ts": `import { Shape, Other, area } from "./shape.ts";\nexport { Shape, area };\nexport { Other as Renamed };\nexport { Third, Third as Fourth } from "./shape.ts";\nexport * from "./more.ts";`,
      "src/shape.ts": `export interface Shape { side: number }\nexport type Other = Shape;\nexport interface Third {}\nexport const area = ({ side }: Shape): number => side * side;`,
      "src/more.ts": `export type More = string;\nexport const more: More = "more";`,
    },
  },
  {
    name: "types that are exported again, in CommonJS",
    files: {
      ...commonJs,
      "trigger/main.ts": mainTask(
        "[area({ side: 3 }), typeof all.area]",
        `import { Shape, area } from "../src/index";\nimport * as all from "../src/index";\nexport { Shape };`,
      ),
      "src/index.ts": `import { Shape, area } from "./shape";\nexport { Shape, area };`,
      "src/shape.ts": `export interface Shape { side: number }\nexport const area = ({ side }: Shape): number => side * side;`,
    },
  },
  {
    name: "enums: numbers, texts, computed, const, merged, across files",
    files: {
      ...esm,
      "trigger/main.ts": mainTask(
        "[Color.Red, Color[1], Color.Blue, Size.Big, Flag.Both, Fixed.One, Later.X, Later.W, Object.keys(Color)]",
        `import { Color, Size, Flag } from "./enums.ts";\nconst enum Fixed { One = 1 }\nenum Later { X = Color.Blue }\nenum Later { W = 9 }`,
      ),
      "trigger/enums.ts": `export enum Color { Red, Green, Blue = 7 }\nexport enum Size { Big = "big" }\nexport enum Flag { A = 1 << 0, B = 1 << 1, Both = A | B }`,
    },
  },
  {
    name: "namespaces: nested, merged with a function and with each other, aliased",
    files: {
      ...esm,
      "trigger/main.ts": mainTask(
        "[Outer.Inner.x, Outer.y(), f(), f.z, Short.x, typeof Only]",
        `export namespace Outer { export namespace Inner { export const x = 1; } export const y = () => Inner.x + hidden; const hidden = 1; }\nfunction f() { return f.z; }\nnamespace f { export let z = 3; }\nimport Short = Outer.Inner;\nnamespace Only { export interface T {} }\ndeclare const Only: undefined;`,
      ),
    },
  },
  {
    name: "legacy decorators: kinds, order, arguments and what they replace",
    compilerOptions: { experimentalDecorators: true, useDefineForClassFields: false },
    files: {
      ...esm,
      "trigger/main.ts": mainTask(
        "[notes, new C(1).greet('you'), (C as unknown as { sealed: unknown }).sealed, new C(1).field]",
        `const notes: unknown[] = [];
const note = (name: string) => { notes.push("evaluate " + name); return (...all: any[]): any => void notes.push("apply " + name, all.length, typeof all[1] === "string" ? all[1] : null, typeof all[2]); };
const seal = (target: any) => { target.sealed = true; };
const loud = (_t: object, _k: string, d: PropertyDescriptor) => { const { value } = d; d.value = function (this: unknown, name: string) { return value.call(this, name).toUpperCase(); }; };
@seal @note("class")
class C {
  @note("field") field = "set";
  @note("static") static s = 1;
  constructor(@note("parameter") readonly n: number) {}
  @loud @note("method") greet(@note("argument") name: string): string { return "hello " + name + this.n; }
  @note("accessor") get value(): number { return 1; }
}`,
      ),
    },
  },
  {
    name: "standard decorators",
    files: {
      ...esm,
      "trigger/main.ts": mainTask(
        "[notes, new C().twice(4), new C().auto, new C().field]",
        `const notes: unknown[] = [];
const double = (method: (n: number) => number, context: ClassMethodDecoratorContext) => { notes.push([context.kind, String(context.name), context.static]); return function (this: unknown, n: number) { return method.call(this, n) * 2; }; };
const plusOne = (_: undefined, context: ClassFieldDecoratorContext) => { notes.push(context.kind); return (initial: number) => initial + 1; };
const named = (value: Function, context: ClassDecoratorContext) => { notes.push([context.kind, context.name, value.name]); context.addInitializer(() => notes.push("initialized")); };
@named
class C {
  @plusOne field = 1;
  accessor auto = 5;
  @double twice(n: number): number { return n; }
}`,
      ),
    },
  },
  {
    name: "class fields: defined on the object, or assigned through setters",
    files: {
      ...esm,
      "trigger/main.ts": mainTask(
        "[calls, Object.keys(new B(3)), new B(3).late, new B(3).sum]",
        `const calls: unknown[] = [];\nclass A { set x(value: number) { calls.push(value); } late: number | undefined = 1; }\nclass B extends A { override x = 2; override late; declare hint: string; #secret = 4; static { calls.push("static"); } constructor(readonly n: number) { super(); } get sum() { return this.n + this.#secret; } }`,
      ),
    },
    compilerOptions: { useDefineForClassFields: true },
  },
  {
    name: "class fields of an older target are assignments",
    compilerOptions: { target: "es2020" },
    files: {
      ...esm,
      "trigger/main.ts": mainTask(
        "[calls, Object.keys(new B(3)), new B(3).late]",
        `const calls: unknown[] = [];\nclass A { set x(value: number) { calls.push(value); } late = 1; }\nclass B extends A { x = 2; late; constructor(readonly n: number) { super(); } }`,
      ),
    },
  },
  {
    name: "using and await using",
    files: {
      ...esm,
      "trigger/main.ts": mainTask(
        "[await work(), notes]",
        `const notes: string[] = [];\nconst open = (name: string) => ({ [Symbol.dispose]() { notes.push("close " + name); } });\nconst openLater = (name: string) => ({ async [Symbol.asyncDispose]() { notes.push("close " + name); } });\nasync function work() { using a = open("a"); await using b = openLater("b"); { using c = open("c"); void c; } notes.push("body"); void a; void b; return "done"; }`,
      ),
    },
  },
  {
    name: "what is erased: assertions, overloads, generics, abstract and declared members, satisfies",
    files: {
      ...esm,
      "trigger/main.ts": mainTask(
        "[pick<number>(1), (two as unknown as string) + '', new Real().tell(), typed.a!, <unknown>three, nothing?.x ?? 'none']",
        `function pick<T>(value: T): T;\nfunction pick<T>(value: T, ...rest: T[]): T { return value; }\nconst two = 2 satisfies number;\nabstract class Base { abstract tell(): string; protected declare hidden: number; }\nclass Real extends Base { override tell(): string { return "told"; } }\nconst typed = { a: 1 } as const;\nlet three: number = 3;\ndeclare global { interface Window {} }\nconst nothing: { x?: string } | undefined = undefined as { x?: string } | undefined;\nassert(three);\nfunction assert(value: unknown): asserts value {}`,
      ),
    },
  },
  {
    name: "parameter properties, optional members, and this parameters",
    files: {
      ...esm,
      "trigger/main.ts": mainTask(
        "[new P(1, 'b').all(), Object.keys(new P(1, 'b')), call.call({ n: 5 }, 2)]",
        `class P { x = 10; constructor(private a: number, public readonly b?: string) {} all() { return [this.a, this.b, this.x]; } }\nfunction call(this: { n: number }, m: number) { return this.n + m; }`,
      ),
    },
  },
];
