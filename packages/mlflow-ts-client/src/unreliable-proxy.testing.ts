import { createServer, connect } from 'node:net';
import type { Socket } from 'node:net';

/**
 * What becomes of one request:
 * - 'lose reply': the server answers, the connection breaks before a byte of it arrives
 * - 'cut reply': half of the answer arrives, then the connection breaks
 * - 'hold reply': the server answers, nothing ever arrives
 * - '504': the server answers, a gateway says that it did not
 * - 'lose request': the connection breaks before the server hears of it
 * - 'late': the client hears nothing and gives up; the server gets the request all the same, after `release()`
 */
export type Trouble = 'lose reply' | 'cut reply' | 'hold reply' | '504' | 'lose request' | 'late';

export interface UnreliableProxy {
  readonly url: string;
  /** Called with the first line of every request. */
  plan: (line: string) => Trouble | undefined;
  /** The first line of each request that came. */
  readonly requests: string[];
  /** Lets the late requests go to the server, and waits for its answers. */
  release(): Promise<void>;
  close(): Promise<void>;
}

const gatewayTimeout = 'HTTP/1.1 504 Gateway Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n';

/** A TCP proxy before a real server that makes the troubles of real networks. */
export async function startUnreliableProxy(targetPort: number): Promise<UnreliableProxy> {
  const sockets = new Set<Socket>();
  const late: (() => Promise<void>)[] = [];
  const proxy = { plan: (_line: string): Trouble | undefined => undefined, requests: [] as string[] };

  const server = createServer((client) => {
    const upstream = connect(targetPort, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    let trouble: Trouble | undefined;
    client.on('data', (bytes: Buffer) => {
      const line = /^(?:GET|POST|PUT|DELETE) \S+/.exec(bytes.subarray(0, 4000).toString('latin1'))?.[0];
      if (line !== undefined) {
        proxy.requests.push(line);
        trouble = proxy.plan(line);
        if (trouble === 'late') late.push(() => sendLate(targetPort, held));
      }
      if (trouble === 'lose request') client.destroy();
      else if (trouble === 'late') held.push(bytes);
      else upstream.write(bytes);
    });
    const held: Buffer[] = [];
    upstream.on('data', (bytes: Buffer) => {
      if (trouble === undefined) client.write(bytes);
      else if (trouble === 'lose reply') client.destroy();
      else if (trouble === 'cut reply')
        client.write(bytes.subarray(0, bytes.length - 2), () => client.destroy());
      else if (trouble === '504') client.end(gatewayTimeout);
    });
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => {
      if (trouble !== 'hold reply') client.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return Object.assign(proxy, {
    url: `http://127.0.0.1:${port}`,
    release: async () => {
      for (const send of late.splice(0)) await send();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

async function sendLate(port: number, request: readonly Buffer[]): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const upstream = connect(port, '127.0.0.1', () => upstream.write(Buffer.concat(request)));
    upstream.on('error', reject);
    upstream.once('data', () => {
      upstream.destroy();
      resolve();
    });
  });
}
