/** The language server's process, for as long as the window lives. */

import * as vscode from "vscode";
import {
  type ExecuteCommandSignature,
  LanguageClient,
  type LanguageClientOptions,
  RevealOutputChannelOn,
  type ServerOptions,
} from "vscode-languageclient/node";

import { lensCall } from "./program";
import { isReport } from "./report";
import type { Reports } from "./reports";
import { run } from "./runs";
import { folderOf, server, serverWanted } from "./settings";

/** Starts, restarts and stops the language server; one change after the other. */
export class Client implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private last: Promise<void> = Promise.resolve();
  private readonly watcher = vscode.workspace.createFileSystemWatcher("**/{*.promo,promo.toml,*.yaml,*.yml}");

  constructor(
    private readonly output: vscode.OutputChannel,
    private readonly reports: Reports,
  ) {}

  /** Stop what runs, and start what the settings of now ask for. */
  restart(): Promise<void> {
    return this.queue(async () => {
      await this.end();
      if (serverWanted()) {
        await this.begin();
      }
    });
  }

  /** Stop the server, after whatever is being done. */
  stop(): Promise<void> {
    return this.queue(() => this.end());
  }

  /** Stop the server without waiting for it. */
  dispose(): void {
    this.watcher.dispose();
    void this.stop();
  }

  private queue(change: () => Promise<void>): Promise<void> {
    this.last = this.last.then(change, change);
    return this.last;
  }

  private async begin(): Promise<void> {
    const { command, args } = server();
    const cwd = folderOf()?.uri.fsPath;
    // No transport: that is standard input and output, without an argument that says so.
    const options: ServerOptions = { command, args, options: cwd === undefined ? {} : { cwd } };
    const client = new LanguageClient("promo", "promo", options, this.clientOptions());
    this.client = client;
    try {
      await client.start();
    } catch (error) {
      this.client = undefined;
      this.output.appendLine(`${[command, ...args].join(" ")} did not start: ${String(error)}`);
      await client.dispose().catch((late: unknown) => this.output.appendLine(String(late)));
      void this.offerHelp(command);
    }
  }

  private clientOptions(): LanguageClientOptions {
    return {
      documentSelector: [{ scheme: "file", language: "promo" }],
      outputChannel: this.output,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      synchronize: { fileEvents: this.watcher },
      // The client registers the server's commands, so that the extension must not.
      middleware: { executeCommand: (command, args, next) => this.execute(command, args, next) },
    };
  }

  private async execute(command: string, args: unknown[], next: ExecuteCommandSignature): Promise<unknown> {
    const call = lensCall(command, args);
    if (call !== undefined) {
      return run(call.args, vscode.Uri.parse(call.uri, true));
    }
    const answer: unknown = await next(command, args);
    if (isReport(answer)) {
      await this.reports.show(answer);
    }
    return answer;
  }

  private async end(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client?.needsStop()) {
      await client.stop();
    }
  }

  private async offerHelp(command: string): Promise<void> {
    const settings = "Open the Setting";
    const log = "Show the Output";
    const chosen = await vscode.window.showErrorMessage(
      `promo: the language server did not start from ${command}. Install promo, or say in the setting promo.path where it is.`,
      settings,
      log,
    );
    if (chosen === settings) {
      await vscode.commands.executeCommand("workbench.action.openSettings", "promo.path");
    } else if (chosen === log) {
      this.output.show();
    }
  }
}
