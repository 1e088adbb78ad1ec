import type { Simulation } from '../../simulation/simulation';

/** How bad the way between two machines is. */
export interface LinkQuality {
  /** Milliseconds on top of the usual latency. */
  readonly delay: number;
  /** From 0 to 1. What is lost between members is lost; a connection of a client sends it again a little later, as TCP does. */
  readonly loss: number;
  /** From 0 to 1: arrives twice. */
  readonly duplicates: number;
  /** Whether messages between members may overtake each other. */
  readonly reorders: boolean;
}

const GOOD: LinkQuality = { delay: 0, loss: 0, duplicates: 0, reorders: false };
/** TCP's first retransmission comes about this much later. */
const RETRANSMISSION_MILLISECONDS = 200;
/** Retransmissions of one message before its connection counts as broken. */
const MAX_RETRANSMISSIONS = 8;

/**
 * The network between etcd's members and their clients. Messages take a latency; in order on each link, unless its quality says
 * otherwise. Links can be cut and be bad; nobody is told: who cares has to notice.
 */
export class Network {
  private readonly cutLinks = new Set<string>();
  private readonly qualities = new Map<string, LinkQuality>();
  private readonly lastArrival = new Map<string, number>();

  constructor(private readonly simulation: Simulation, private readonly latency: () => number) {}

  /** A message between members: it may get lost. */
  send(from: string, to: string, deliver: () => void): void {
    const quality = this.qualityOf(from, to);
    if (this.isCut(from, to) || this.happens(quality.loss)) return;
    this.arrive(from, to, quality, 0, deliver);
    if (this.happens(quality.duplicates)) this.arrive(from, to, quality, 0, deliver);
  }

  /** A message of a connection: it is sent again until it arrives, or never arrives because the link is cut. */
  transmit(from: string, to: string, deliver: () => void): void {
    if (this.isCut(from, to)) return;
    const quality = this.qualityOf(from, to);
    let late = 0;
    for (let i = 0; i < MAX_RETRANSMISSIONS && this.happens(quality.loss); i++) late += RETRANSMISSION_MILLISECONDS << Math.min(i, 3);
    this.arrive(from, to, { ...quality, reorders: false }, late, deliver);
  }

  isCut(from: string, to: string): boolean { return this.cutLinks.has(linkName(from, to)); }

  /** In both directions. */
  cut(a: string, b: string): void {
    this.cutLinks.add(linkName(a, b));
    this.cutLinks.add(linkName(b, a));
  }

  /** In one direction only, as a broken switch port may do. */
  cutOneWay(from: string, to: string): void { this.cutLinks.add(linkName(from, to)); }

  degrade(a: string, b: string, quality: Partial<LinkQuality>): void {
    for (const link of [linkName(a, b), linkName(b, a)]) this.qualities.set(link, { ...GOOD, ...this.qualities.get(link), ...quality });
  }

  /** All links are whole and good again. */
  heal(): void {
    this.cutLinks.clear();
    this.qualities.clear();
  }

  get healthy(): boolean { return this.cutLinks.size === 0 && this.qualities.size === 0; }

  private arrive(from: string, to: string, quality: LinkQuality, late: number, deliver: () => void): void {
    const link = linkName(from, to);
    let at = this.simulation.now + this.latency() + quality.delay + late;
    if (quality.reorders) at += this.simulation.random.next() * 4 * (quality.delay + 1);
    else {
      at = Math.max(at, this.lastArrival.get(link) ?? 0);
      this.lastArrival.set(link, at);
    }
    // A link that is cut meanwhile swallows what is on its way.
    this.simulation.after(at - this.simulation.now, () => { if (!this.isCut(from, to)) deliver(); });
  }

  private happens(probability: number): boolean { return probability > 0 && this.simulation.random.next() < probability; }

  private qualityOf(from: string, to: string): LinkQuality { return this.qualities.get(linkName(from, to)) ?? GOOD; }
}

const linkName = (from: string, to: string): string => `${from}>${to}`;
