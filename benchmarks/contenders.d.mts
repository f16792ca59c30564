export function ours(script: string): string[];
export function peersPython(): string | undefined;
