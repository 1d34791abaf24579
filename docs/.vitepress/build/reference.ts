// Why: the reference says what the docstrings say, at the names by which a user imports. TypeDoc would name its modules
// after files.
import { globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Application, type DeclarationReflection, type ProjectReflection, ReflectionKind } from "typedoc";
import { readable } from "./reference-page.ts";

const root = join(import.meta.dirname, "../../..");
const out = `${root}/docs/reference`;

interface Manifest {
  exports: Record<string, string | { default: string }>;
}

/** The source files of the package's entry points, by the name that a user imports. */
function entryPoints(): Map<string, string> {
  const { exports }: Manifest = JSON.parse(readFileSync(`${root}/package.json`, "utf8"));
  const entries = Object.entries(exports).flatMap(([subpath, target]): [string, string][] => {
    if (typeof target === "string") return [];
    const file = target.default.replace("./dist/", "src/").replace(/\.js$/, ".ts");
    return [[`dewar${subpath.slice(1)}`, file]];
  });
  return new Map(entries);
}

const entries = entryPoints();
const app = await Application.bootstrapWithPlugins({
  entryPoints: [...entries.values()].map((file) => `${root}/${file}`),
  tsconfig: `${root}/tsconfig.build.json`,
  plugin: ["typedoc-plugin-markdown"],
  name: "Reference",
  readme: "none",
  disableSources: true,
  excludeInternal: true,
  excludePrivate: true,
  excludeExternals: true,
  sort: ["source-order"],
  groupOrder: ["Functions", "Variables", "Interfaces", "Classes", "Type Aliases"],
  logLevel: "Warn",
  validation: { notExported: false, invalidLink: true, notDocumented: false },
  // Options of the Markdown plugin.
  ...{
    router: "module",
    hidePageHeader: true,
    hideBreadcrumbs: true,
    hideGroupHeadings: true,
    useCodeBlocks: true,
    expandParameters: true,
    entryFileName: "index",
    expandObjects: false,
    parametersFormat: "table",
    interfacePropertiesFormat: "table",
    typeDeclarationFormat: "table",
    propertyMembersFormat: "table",
    tableColumnSettings: { hideSources: true, hideInherited: true, hideOverrides: true },
    sanitizeComments: true,
  },
});

const project = await app.convert();
if (project === undefined) throw new Error("TypeDoc could not read the sources.");
const modules = nameModules(project);
rmSync(out, { recursive: true, force: true });
app.options.setValue("outputs", [{ name: "markdown", path: out }] as never);
await app.generateOutputs(project);
if (app.logger.hasErrors()) process.exit(1);
for (const page of globSync(`${out}/**/*.md`)) {
  writeFileSync(page, readable(readFileSync(page, "utf8")));
}
writeFileSync(`${out}/index.md`, index(modules));
writeFileSync(`${out}/sidebar.json`, JSON.stringify(sidebar(modules)));

/** TypeDoc names a module after its file: `adapters/express`. In the order of package.json. */
function nameModules(from: ProjectReflection): DeclarationReflection[] {
  return [...entries].map(([name, file]) => {
    const ofFile = file.replace(/^src\/|\.ts$/g, "");
    const module = from.children?.find((child) => [ofFile, ofFile.replace(/\/index$/, "")].includes(child.name));
    if (module === undefined) throw new Error(`TypeDoc has no module for ${file}.`);
    module.name = name;
    return module;
  });
}

function index(from: DeclarationReflection[]): string {
  const rows = from.map((module) => `| [\`${module.name}\`](${module.name}.md) | ${exportsOf(module)} |`);
  const head = "What can be imported, and from where. The root, `dewar`, has what the others share.";
  return `# Reference\n\n${head}\n\n| import from | exports |\n|---|---|\n${rows.join("\n")}\n`;
}

/** Functions and values: types would be most of it, and are found by them. */
function exportsOf(module: DeclarationReflection): string {
  const values = (module.children ?? []).filter(
    ({ kind }) => kind & ReflectionKind.SomeValue || kind === ReflectionKind.Class,
  );
  return values.map(({ name }) => `\`${name}\``).join(", ");
}

function sidebar(from: DeclarationReflection[]): unknown {
  return from.map(({ name }) => ({ text: name, link: `/reference/${name}` }));
}
