/**
 * An editor as far as the extension needs one: what it calls by name is kept here, and everything else of the
 * editor's interface is there, takes any call, and does nothing.
 */

import { EventEmitter as NodeEmitter } from "node:events";
import { readFileSync } from "node:fs";
import Module from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

type Listener = (event: unknown) => unknown;

/** What the extension did to the editor. */
export interface Seen {
  readonly commands: Map<string, (...args: unknown[]) => unknown>;
  readonly errors: string[];
  readonly tasks: { readonly name: string; readonly execution: { readonly words: unknown[] } }[];
  readonly executed: unknown[][];
}

class Uri {
  constructor(
    readonly scheme: string,
    readonly path: string,
  ) {}
  static file(path: string): Uri {
    return new Uri("file", path);
  }
  static parse(text: string): Uri {
    return text.startsWith("file:") ? Uri.file(fileURLToPath(text)) : new Uri(text.split(":")[0] ?? "", text);
  }
  static from({ scheme, path }: { scheme: string; path: string }): Uri {
    return new Uri(scheme, path);
  }
  get fsPath(): string {
    return this.path;
  }
  toString(): string {
    return this.scheme === "file" ? pathToFileURL(this.path).href : `${this.scheme}:${this.path}`;
  }
}

class EventEmitter {
  private readonly emitter = new NodeEmitter();
  readonly event = (listener: Listener): { dispose(): void } => {
    this.emitter.on("event", listener);
    return { dispose: () => this.emitter.off("event", listener) };
  };
  fire(event: unknown): void {
    this.emitter.emit("event", event);
  }
  dispose(): void {
    this.emitter.removeAllListeners();
  }
}

class ProcessExecution {
  readonly words: unknown[];
  constructor(program: string, args: string[], options: unknown) {
    this.words = [program, args, options];
  }
}

class Task {
  constructor(
    readonly definition: unknown,
    readonly scope: unknown,
    readonly name: string,
    readonly source: string,
    readonly execution: ProcessExecution,
  ) {}
}

class CancellationTokenSource {
  readonly token = { isCancellationRequested: false, onCancellationRequested: new EventEmitter().event };
  cancel(): void {
    this.token.isCancellationRequested = true;
  }
  dispose(): void {
    this.cancel();
  }
}

class Disposable {
  constructor(readonly dispose: () => void) {}
  static from(...items: { dispose(): void }[]): Disposable {
    return new Disposable(() => items.forEach((item) => item.dispose()));
  }
}

class CodeActionKind {
  static readonly Empty = new CodeActionKind("");
  constructor(readonly value: string) {}
  append(part: string): CodeActionKind {
    return new CodeActionKind(this.value === "" ? part : `${this.value}.${part}`);
  }
}

/** Return an object that has what it is given, and for any other name a class or a function that does nothing. */
function open(known: object): object {
  return new Proxy(known, {
    get(target, name) {
      // An object that could be waited for would be waited for.
      if (name in target || typeof name === "symbol" || name === "then") {
        return Reflect.get(target, name) as unknown;
      }
      return /^[A-Z]/.test(name) ? class {} : () => open({ dispose: () => undefined });
    },
  });
}

/**
 * Make `require("vscode")` return such an editor.
 *
 * @param folder the folder that is open in it.
 * @param file the file that is shown in it.
 * @param settings what the user set, by the names after `promo.`.
 */
export function install(folder: string, file: string, settings: Readonly<Record<string, unknown>>): Seen {
  const seen: Seen = { commands: new Map(), errors: [], tasks: [], executed: [] };
  const root = { uri: Uri.file(folder), name: "shop", index: 0 };
  const document = { uri: Uri.file(file), languageId: "promo", version: 1, getText: () => readFileSync(file, "utf8") };
  const channel = open({ append: () => undefined, appendLine: () => undefined });
  const vscode = open({
    version: "1.82.0",
    Uri,
    EventEmitter,
    CancellationTokenSource,
    CodeActionKind,
    Disposable,
    ProcessExecution,
    Task,
    TaskScope: { Workspace: 2 },
    TaskPanelKind: { Shared: 1 },
    TaskRevealKind: { Always: 1 },
    env: open({ appName: "test", language: "en" }),
    languages: open({ match: () => 10 }),
    extensions: open({ all: [] }),
    window: open({
      visibleTextEditors: [],
      activeTextEditor: { document },
      tabGroups: open({ all: [] }),
      createOutputChannel: () => channel,
      showErrorMessage: async (message: string) => void seen.errors.push(message),
    }),
    workspace: open({
      isTrusted: true,
      textDocuments: [document],
      notebookDocuments: [],
      workspaceFolders: [root],
      getWorkspaceFolder: () => root,
      saveAll: async () => true,
      getConfiguration: () => ({ get: (name: string, otherwise: unknown) => settings[name] ?? otherwise }),
    }),
    tasks: open({ executeTask: async (task: Task) => void seen.tasks.push(task) }),
    commands: open({
      registerCommand(name: string, run: (...args: unknown[]) => unknown) {
        if (seen.commands.has(name)) {
          throw new Error(`command '${name}' already exists`);
        }
        seen.commands.set(name, run);
        return { dispose: () => seen.commands.delete(name) };
      },
      executeCommand: async (...words: unknown[]) => void seen.executed.push(words),
    }),
  });
  const loader = Module as unknown as { _load: (name: string, ...rest: unknown[]) => unknown };
  const load = loader._load.bind(loader);
  loader._load = (name, ...rest) => (name === "vscode" ? vscode : load(name, ...rest));
  return seen;
}
