import { type FileHandle, mkdir, open, unlink } from "node:fs/promises";
import { join } from "node:path";
import { newId } from "./id.ts";

async function openHidden(folder: string): Promise<FileHandle> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, newId());
  const file = await open(path, "wx+", 0o600);
  await unlink(path);
  return file;
}

const EMPTY = new Uint8Array(0);

/**
 * Bytes that come once and may be read several times, also while they come: few are kept in memory, many in a
 * file that nobody else can open and that ends with the process.
 */
export class Spool {
  size = 0;
  private memory: Uint8Array[] = [];
  private file: FileHandle | undefined;
  private state: "open" | "ended" | "closed" = "open";
  private fault: Error | undefined;
  /** Reads and writes of the file that run: it is closed behind them. */
  private busy = 0;
  private readonly waiting = new Set<() => void>();

  /** @param memoryBytesMax beyond it the bytes go to a file in `folder` */
  constructor(
    private readonly folder: string,
    private readonly memoryBytesMax: number,
  ) {}

  /** Resolves when there is room for more. One at a time. */
  async append(chunk: Uint8Array): Promise<void> {
    if (this.state === "closed") return;
    if (!this.file && this.size + chunk.length <= this.memoryBytesMax) {
      this.memory.push(Uint8Array.from(chunk));
      this.size += chunk.length;
    } else await this.using(async () => this.write(this.file ?? (await this.spill()), chunk));
    this.wake();
  }

  /** Everything is here. */
  end(): void {
    if (this.state === "open") this.state = "ended";
    this.wake();
  }

  /** No more will come; readers get `fault`. */
  fail(fault: Error): void {
    this.fault ??= fault;
    this.wake();
  }

  /**
   * Up to `bytesMax` bytes from `position`; waits for them where they have not come yet. Empty at the end.
   * @throws what `fail` was told, or an error once it is closed.
   */
  async read(position: number, bytesMax: number): Promise<Uint8Array> {
    while (position >= this.size || this.fault || this.state === "closed") {
      if (this.fault) throw this.fault;
      if (this.state === "closed") throw new Error("the spool is closed");
      if (this.state === "ended") return EMPTY;
      await new Promise<void>((resolve) => void this.waiting.add(resolve));
    }
    const { file } = this;
    if (!file) return this.readMemory(position, bytesMax);
    return await this.using(() => this.readFile(file, position, bytesMax));
  }

  /** Lets everything go; readers that wait get an error. */
  close(): void {
    this.state = "closed";
    this.memory = [];
    this.wake();
    this.closeIdle();
  }

  private wake(): void {
    for (const resume of this.waiting) resume();
    this.waiting.clear();
  }

  private closeIdle(): void {
    if (this.state !== "closed" || this.busy > 0 || !this.file) return;
    const { file } = this;
    this.file = undefined;
    // It has no name any more; a fault in closing changes nothing for anybody.
    file.close().catch(() => undefined);
  }

  private async using<Result>(work: () => Promise<Result>): Promise<Result> {
    this.busy++;
    try {
      return await work();
    } finally {
      this.busy--;
      this.closeIdle();
    }
  }

  private async write(file: FileHandle, bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await file.write(bytes, at, bytes.length - at, this.size + at);
      at += bytesWritten;
    }
    this.size += bytes.length;
  }

  /** Moves what is in memory to a file; readers wait meanwhile. */
  private async spill(): Promise<FileHandle> {
    const file = await openHidden(this.folder);
    const kept = Buffer.concat(this.memory);
    this.size = 0;
    await this.write(file, kept);
    this.file = file;
    this.memory = [];
    return file;
  }

  private readMemory(position: number, bytesMax: number): Uint8Array {
    let from = position;
    for (const chunk of this.memory) {
      if (from < chunk.length) return chunk.subarray(from, from + bytesMax);
      from -= chunk.length;
    }
    return EMPTY;
  }

  private async readFile(file: FileHandle, position: number, bytesMax: number): Promise<Uint8Array> {
    const buffer = new Uint8Array(Math.min(bytesMax, this.size - position));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
    return buffer.subarray(0, bytesRead);
  }
}
