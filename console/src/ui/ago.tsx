import { ago, moment } from "../base/time.ts";

/** How long ago something was, or when it will be, with the moment as its title. */
export function Ago({ at }: { at: string }) {
  return (
    <time dateTime={at} title={moment(at)}>
      {ago(at)}
    </time>
  );
}
