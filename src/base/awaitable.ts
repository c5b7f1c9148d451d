/** The value itself where it is at hand, a promise of it where it must be fetched; `await` takes both. */
export type Awaitable<T> = T | Promise<T>;
