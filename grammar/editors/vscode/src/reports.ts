/** Shows what the server found out as a page: it knows the text in the editor, which no file has yet. */

import * as vscode from "vscode";

import type { Report } from "./report";

const SCHEME = "promo-report";

/** Keeps the latest report of each title, and opens it in the editor's preview of Markdown. */
export class Reports implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);

  readonly onDidChange = this.changed.event;

  /** Return a report's text; the editor calls this. */
  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.path) ?? "";
  }

  /** Open a report beside the text. */
  async show(report: Report): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${report.title.replaceAll("/", " ")}.md` });
    this.texts.set(uri.path, `# ${report.title}\n\n${report.text}\n`);
    this.changed.fire(uri);
    await vscode.commands.executeCommand("markdown.showPreviewToSide", uri);
  }

  /** Stop offering reports. */
  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }
}
