/** The variable in which the launcher names the descriptor of the pipe that lives as long as it does. */
const PARENT_FD_ENV = "QUOIN_PARENT_FD";

const PARENT_POLL_MS = 500;

/**
 * Calls `onEnd` once when the process that launched this one is gone, however it went: kill -9 leaves it
 * no time to pass anything on, but the kernel closes its end of the pipe. Does nothing when the launcher
 * named no pipe. Never keeps the process alive by itself.
 *
 * The variable is taken out of the environment, so that a process we start in turn does not read a
 * descriptor that is not its own.
 */
export function endWithParent(onEnd: () => void): void {
  const named = process.env[PARENT_FD_ENV];
  if (named === undefined) return;
  delete process.env[PARENT_FD_ENV];
  const fd = Number(named);
  if (!Number.isInteger(fd) || fd < 3) {
    throw new Error(
      `${PARENT_FD_ENV} is "${named}", but must be the number of a descriptor above 2; unset it.`,
    );
  }
  const endOnce = once(onEnd);
  // Node's net.Socket over an inherited descriptor never reports the close on Bun 1.4.5; Bun.connect does.
  connectDescriptor({ fd, socket: { data() {}, end: endOnce, close: endOnce } }).then(
    (pipe) => pipe.unref(),
    // Not a socket (another launcher than ours, another system): the parent's id tells the same, later.
    () => pollParent(endOnce),
  );
}

/** bun-types 1.4.5 declares the options for a descriptor, but no overload of `Bun.connect` that takes them. */
const connectDescriptor = Bun.connect as unknown as (options: Bun.FdSocketOptions) => Promise<Bun.Socket>;

function pollParent(onEnd: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onEnd();
  }, PARENT_POLL_MS);
  timer.unref();
}

function once(run: () => void): () => void {
  let ran = false;
  return () => {
    if (ran) return;
    ran = true;
    run();
  };
}
