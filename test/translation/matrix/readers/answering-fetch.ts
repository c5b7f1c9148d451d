/** A `fetch` for an SDK that answers this text to whatever is asked. */
export function answering(text: string, streamed: boolean): typeof fetch {
  const type = streamed ? "text/event-stream; charset=utf-8" : "application/json";
  const answer = async () => new Response(text, { status: 200, headers: { "content-type": type } });
  return Object.assign(answer, { preconnect() {} });
}
