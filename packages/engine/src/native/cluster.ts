import type { Node } from '../graph/graph.ts';
import { CHAIN_KERNELS, stepsOf } from './chain-kernels.ts';
import type { Flow } from './flow.ts';
import { CHAIN_LIMITS } from './program-format.ts';
import { isReduction, reductionOf } from './reductions.ts';
import { isView } from './views.ts';

/** Nodes that become one instruction, or a few that belong together. */
export interface Cluster {
  /** Elements that the chain runs over; 0 where the cluster is a single node of another kind. */
  readonly size: number;
  /** In the order of the graph. */
  readonly nodes: readonly Node[];
}

interface Group {
  size: number;
  /** Indices of nodes, ascending. */
  members: number[];
}

/** Loads that other operands than tensors may need: numbers among the attributes. */
const SPARE_LOADS = 8;

/** Gathers nodes into chains, so that what one hands to the next never goes through memory. */
class Clustering {
  readonly #flow: Flow;
  readonly #groups: Group[];
  /** The group of each node. */
  readonly #groupOf: number[];

  constructor(flow: Flow) {
    this.#flow = flow;
    this.#groups = flow.nodes.map((node, i) => ({ size: this.#chainSize(node), members: [i] }));
    this.#groupOf = flow.nodes.map((_node, i) => i);
  }

  /** Elements of the chain that a node can be part of; 0 where it cannot. */
  #chainSize(node: Node): number {
    const out = node.outputs[0]!;
    if (node.kernel in CHAIN_KERNELS || isView(node)) return this.#flow.size(out);
    if (!isReduction(node)) return 0;
    const x = this.#flow.type(node.inputs[0]!);
    const { outer, perm } = reductionOf(node, x.shape, x.dtype);
    return outer === 1 && !perm ? this.#flow.size(x.id) : 0;
  }

  /** True where `to` can take the value inside a chain: element i of it is element i of the chain. */
  #isSoft(from: Node, to: Node, input: number): boolean {
    if (isReduction(from) || isView(to)) return false;
    return this.#flow.size(input) === this.#chainSize(to);
  }

  /** Groups that a group reads from, by hard edges only or by all. */
  *#sources(group: Group, hardOnly = false): Iterable<number> {
    for (const member of group.members) {
      const node = this.#flow.nodes[member]!;
      for (const input of node.inputs) {
        const producer = this.#flow.producer(input);
        if (producer === undefined) continue;
        if (hardOnly && this.#isSoft(this.#flow.nodes[producer]!, node, input)) continue;
        yield this.#groupOf[producer]!;
      }
    }
  }

  /** True where `to` depends on `from` by way of a third group, or on a result that `from` has only at its end. */
  #dependsOtherwise(to: number, from: number): boolean {
    const first = this.#groups[from]!.members[0]!;
    for (const hard of this.#sources(this.#groups[to]!, true)) if (hard === from) return true;
    const seen = new Set([to, from]);
    const pending = [...this.#sources(this.#groups[to]!)];
    for (let group = pending.pop(); group !== undefined; group = pending.pop()) {
      if (seen.has(group) || this.#groups[group]!.members.at(-1)! < first) continue;
      seen.add(group);
      for (const source of this.#sources(this.#groups[group]!)) {
        if (source === from) return true;
        pending.push(source);
      }
    }
    return false;
  }

  #fits(members: readonly number[]): boolean {
    const nodes = members.map((member) => this.#flow.nodes[member]!);
    const inside = new Set(nodes.flatMap((node) => node.outputs));
    const loads = new Set(nodes.flatMap((node) => node.inputs.filter((id) => !inside.has(id))));
    const steps = nodes.reduce((sum, node) => sum + stepsOf(node), 0);
    return (
      loads.size <= CHAIN_LIMITS.loads - SPARE_LOADS &&
      steps <= CHAIN_LIMITS.steps &&
      nodes.length <= CHAIN_LIMITS.stores &&
      nodes.filter(isReduction).length <= CHAIN_LIMITS.folds
    );
  }

  #tryMerge(a: number, b: number): void {
    const [one, other] = [this.#groups[a]!, this.#groups[b]!];
    if (a === b || one.size !== other.size || one.size === 0) return;
    const members = [...one.members, ...other.members].sort((x, y) => x - y);
    if (!this.#fits(members) || this.#dependsOtherwise(a, b) || this.#dependsOtherwise(b, a)) return;
    one.members = members;
    for (const member of other.members) this.#groupOf[member] = a;
    other.members = [];
  }

  /** Joins each node with what makes its operands, then with what reads the same operands. */
  run(): Cluster[] {
    const { nodes } = this.#flow;
    for (const [index, node] of nodes.entries()) {
      for (const input of node.inputs) {
        const producer = this.#flow.producer(input);
        if (producer !== undefined && this.#isSoft(nodes[producer]!, node, input)) {
          this.#tryMerge(this.#groupOf[producer]!, this.#groupOf[index]!);
        }
      }
    }
    for (const [index, node] of nodes.entries()) {
      if (this.#groups[this.#groupOf[index]!]!.size === 0 || isView(node)) continue;
      for (const input of node.inputs) {
        if (this.#flow.size(input) !== this.#chainSize(node)) continue;
        for (const sibling of this.#flow.consumers(input)) {
          if (sibling >= index) break;
          if (!isView(nodes[sibling]!)) this.#tryMerge(this.#groupOf[sibling]!, this.#groupOf[index]!);
        }
      }
    }
    return this.#ordered();
  }

  /** Groups in an order in which each comes after what it reads; otherwise as early as their first node. */
  #ordered(): Cluster[] {
    const done = new Set<number>();
    const order: number[] = [];
    const visit = (group: number): void => {
      if (done.has(group)) return;
      done.add(group);
      for (const source of this.#sources(this.#groups[group]!)) visit(source);
      order.push(group);
    };
    for (const group of this.#groupOf) visit(group);
    return order.map((group) => {
      const { size, members } = this.#groups[group]!;
      return { size, nodes: members.map((member) => this.#flow.nodes[member]!) };
    });
  }
}

/** The nodes of a graph as clusters, each after those that it reads from. */
export const clustersOf = (flow: Flow): Cluster[] => new Clustering(flow).run();
