/** What the server found out, for a person to read. */

/** What the server answers a command with. */
export interface Report {
  readonly title: string;
  /** Markdown. */
  readonly text: string;
}

/** Say whether an answer is a report. */
export function isReport(answer: unknown): answer is Report {
  const { title, text } = (answer ?? {}) as Partial<Record<keyof Report, unknown>>;
  return typeof title === "string" && typeof text === "string";
}
