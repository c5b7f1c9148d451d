import type { TranscriptRoom } from "../conversations/transcripts.ts";

/** What of a request is held until its end, because its key asks to keep it. */
export interface TranscriptCapture {
  readonly body: Uint8Array;
  /** The answer as its client gets it. */
  readonly answer: Uint8Array[];
  answerBytes: number;
  readonly room: TranscriptRoom;
}
