import type { Graph } from '../graph.ts';
import { LAYOUT_RULES } from './layout-rules.ts';
import { LayoutWriter } from './layout-writer.ts';

/** Keeps images NCHW and filters OIHW inside the graph, as ONNX Runtime computes; `Transpose` mostly vanishes. */
export const imageLayout = (graph: Graph): Graph => new LayoutWriter(graph, LAYOUT_RULES).run();
