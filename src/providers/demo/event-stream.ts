const encoder = new TextEncoder();

/**
 * A body that makes one frame each time the reader wants one. It stops, and lets the frames go,
 * when the reader cancels or the signal aborts; after an abort the reader gets the signal's
 * reason, as from `fetch`.
 * @param gapMs the pause before every frame but the first; 0 for none
 */
export function streamFrames(
  frames: Iterator<string | Uint8Array>,
  gapMs: number,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  const course = { isOver: false, isFirst: true };
  const stop = () => {
    course.isOver = true;
    signal.removeEventListener("abort", abort);
    frames.return?.();
  };
  let abort = () => {};
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        abort = () => {
          stop();
          controller.error(signal.reason);
        };
        signal.addEventListener("abort", abort);
        if (signal.aborted) abort();
      },
      async pull(controller) {
        if (gapMs > 0 && !course.isFirst) await Bun.sleep(gapMs);
        course.isFirst = false;
        if (course.isOver) return;
        const next = frames.next();
        if (!next.done) {
          const { value } = next;
          return controller.enqueue(typeof value === "string" ? encoder.encode(value) : value);
        }
        stop();
        controller.close();
      },
      cancel: stop,
    },
    { highWaterMark: 0 },
  );
}
