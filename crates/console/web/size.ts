// Holds how much a browser brings before a screen's first picture: prints it with every build, and fails a build that is above it.
//
// Counted is what the page itself needs, as the server sends it to a browser that reads gzip: the page, its script and its styles, the screen's,
// and the words in the language that has the largest. Beside it the thread that holds the stream is brought, once for all windows of a browser; it
// has a limit of its own. Not counted is what comes after that picture: what calls the centre, the forms, the help and the map. The board asks for its
// service levels as soon as it is drawn, and shows that they are yet to come until what calls the centre has asked.
import { gzipSync } from "node:zlib";
import type { Plugin, Rolldown } from "vite";

/** What a page may bring before its first picture, in bytes. */
const PAGE_MAX = 80 * 1024;
/** What the thread of the stream may bring. */
const WORKER_MAX = 38 * 1024;

const SCREENS = { desk: "desk/desk.tsx", station: "station/station.tsx", board: "board/board.tsx" };
const LANGUAGES = ["ky", "ru", "uz", "uz-cyrl", "en"];

type File = Rolldown.OutputChunk | Rolldown.OutputAsset;

/** The plugin that holds it. */
export function firstPicture(): Plugin {
  return {
    name: "first-picture",
    apply: "build",
    writeBundle(_, bundle) {
      const figures = Object.entries(SCREENS).map(([screen, module]) => largest(bundle, screen, module));
      const worker = size(found(bundle, (file) => /\/worker-[^/]*\.js$/.test(file.fileName)));
      const line = (what: string, bytes: number, most: number): string => `${what.padEnd(24)}${(bytes / 1024).toFixed(1).padStart(7)} KB of ${most / 1024}`;
      const table = [...figures.map(({ what, bytes }) => line(what, bytes, PAGE_MAX)), line("thread of the stream", worker, WORKER_MAX)];
      this.info(`brought before the first picture, compressed by gzip:\n${table.join("\n")}`);
      if (worker > WORKER_MAX || figures.some(({ bytes }) => bytes > PAGE_MAX)) this.error("the first picture brings more than it may");
    },
  };
}

/** A screen in the language that takes the most. */
function largest(bundle: Rolldown.OutputBundle, screen: string, module: string): { readonly what: string; readonly bytes: number } {
  const of = LANGUAGES.map((language) => {
    const words = [`words/${language}/index.ts`, `words/${language}/${screen}.ts`];
    const files = needed(bundle, ["index.html", ...[module, ...words].map((path) => `src/${path}`)]);
    return { what: `/${screen} (${language})`, bytes: files.reduce((sum, file) => sum + size(file), 0) };
  });
  return of.reduce((most, one) => (one.bytes > most.bytes ? one : most));
}

/** The page, and the modules' files with all that those import and their styles. */
function needed(bundle: Rolldown.OutputBundle, modules: readonly string[]): File[] {
  const names = new Set(["index.html"]);
  const take = (name: string): void => {
    const file = bundle[name];
    if (file?.type !== "chunk" || names.has(name)) return;
    names.add(name);
    for (const style of file.viteMetadata?.importedCss ?? []) names.add(style);
    file.imports.forEach(take);
  };
  for (const module of modules) take(found(bundle, (file) => file.type === "chunk" && file.facadeModuleId?.endsWith(`/web/${module}`) === true, module).fileName);
  return [...names].map((name) => found(bundle, ({ fileName }) => fileName === name, name));
}

function found(bundle: Rolldown.OutputBundle, is: (file: File) => boolean, what = "the thread of the stream"): File {
  const file = Object.values(bundle).find(is);
  if (file === undefined) throw new Error(`the build has no file for ${what}: say anew what the first picture needs`);
  return file;
}

function size(file: File): number {
  const content = Buffer.from(file.type === "chunk" ? file.code : file.source);
  return Math.min(content.length, gzipSync(content, { level: 9 }).length);
}
