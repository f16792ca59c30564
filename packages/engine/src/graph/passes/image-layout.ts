import type { Graph } from '../graph.ts';
import { GraphLayoutWriter } from './layout-writer.ts';

/** Stores images as NCHW and filters as OIHW, as ONNX Runtime computes; nearly all `Transpose` nodes vanish. */
export const imageLayout = (graph: Graph): Graph => new GraphLayoutWriter(graph).run();
