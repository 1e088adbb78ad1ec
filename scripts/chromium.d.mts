export interface Chromium {
  readonly executablePath: string;
  readonly args: string[];
}
export function ensureChromium(say?: (line: string) => void): Promise<Chromium | undefined>;
export function onPath(names: readonly string[]): string | undefined;
