/** The members of T that may be missing, without the value undefined. */
export type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The object without the members that are undefined, for types whose members may be missing but not undefined. */
export function present<T extends object>(members: T): Present<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Present<T>;
}
