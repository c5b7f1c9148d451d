/** A report of usage that cannot be true, as the notes of its request's record tell it. */

export interface DoubtedReport {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export function doubtNote({ inputTokens, outputTokens }: DoubtedReport): string {
  return `implausible usage: the upstream reports ${inputTokens} tokens of input and ${outputTokens} of output, more than the model's context; charged by our own count`;
}

const REPORTED = /^implausible usage: the upstream reports (\d+) tokens of input and (\d+) of output,/;

/** What the upstream reported; undefined: no note of these tells of a doubt. */
export function doubtIn(notes: readonly string[]): DoubtedReport | undefined {
  for (const note of notes) {
    const [, input, output] = REPORTED.exec(note) ?? [];
    if (output !== undefined) return { inputTokens: Number(input), outputTokens: Number(output) };
  }
  return undefined;
}
