/** In how many parts a silence is looked at. */
const LOOKS = 10;

/**
 * Asks another process for a sign of life, again and again, from its first one on: until then it is being loaded.
 * @param silenceMs how long it may give none; only looks count, so what this process slept through does not
 * @param onSilent called once, when it was silent for so long
 * @returns what ends the watch
 */
export function watchLife(ask: () => Promise<unknown>, silenceMs: number, onSilent: () => void): () => void {
  let isAsked = false;
  let hasSpoken = false;
  let looks = 0;
  const heard = () => {
    isAsked = false;
    hasSpoken = true;
  };
  function look(): void {
    if (!isAsked) {
      isAsked = true;
      looks = 0;
      // A channel that has closed is no silence: the end of the process is seen elsewhere.
      ask().then(heard, heard);
    } else if (hasSpoken && ++looks >= LOOKS) {
      clearInterval(timer);
      onSilent();
    }
  }
  const timer = setInterval(look, silenceMs / LOOKS);
  look();
  return () => clearInterval(timer);
}
