/**
 * The groups of nodes that reach each other (Tarjan's strongly connected components of more than one node, or
 * of one that points at itself), each in the order of a walk.
 */
export function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const walk: Walk = { graph, order: new Map(), low: new Map(), stack: [], cycles: [] };
  for (const node of graph.keys()) {
    if (!walk.order.has(node)) visit(walk, node);
  }
  return walk.cycles;
}

interface Walk {
  readonly graph: ReadonlyMap<string, readonly string[]>;
  /** When a node was first seen. */
  readonly order: Map<string, number>;
  /** The earliest node on the stack that a node reaches; Infinity once its group is closed. */
  readonly low: Map<string, number>;
  readonly stack: string[];
  readonly cycles: string[][];
}

function visit(walk: Walk, node: string): number {
  const seen = walk.order.size;
  walk.order.set(node, seen);
  walk.low.set(node, seen);
  walk.stack.push(node);
  const next = walk.graph.get(node) ?? [];
  let low = seen;
  for (const target of next) low = Math.min(low, walk.low.get(target) ?? visit(walk, target));
  walk.low.set(node, low);
  if (low === seen) close(walk, node, next.includes(node));
  return walk.low.get(node) ?? low;
}

function close(walk: Walk, node: string, pointsAtItself: boolean): void {
  const group = walk.stack.splice(walk.stack.indexOf(node));
  for (const member of group) walk.low.set(member, Number.POSITIVE_INFINITY);
  if (group.length > 1 || pointsAtItself) walk.cycles.push([...group, node]);
}
