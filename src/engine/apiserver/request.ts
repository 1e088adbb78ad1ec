import type { KubernetesObject, ObjectWithMeta } from '../api/object';
import type { Status } from '../api/status';
import type { Process } from '../simulation/process';

/** Who is recognised to be asking. */
export interface UserInfo {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: { readonly [key: string]: readonly string[] };
}

/** Who sends a request: a component of the world, or a person at a client. */
export interface Sender {
  /** As shown in the trace: 'kubectl', 'deployment-controller', 'kubelet/node-1'. */
  readonly actor: string;
  readonly credentials: Credentials;
  /** Its first part up to '/' is the default field manager. */
  readonly userAgent: string;
  /** Who really asks, where a request is made in the name of another user (Impersonate-User). */
  readonly impersonator?: UserInfo;
}

export type Credentials =
  | { readonly type: 'certificate'; readonly user: UserInfo }
  | { readonly type: 'token'; readonly token: string }
  | { readonly type: 'anonymous' };

export type RequestVerb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

export type PatchType = 'application/json-patch+json' | 'application/merge-patch+json' | 'application/strategic-merge-patch+json' | 'application/apply-patch+yaml';

export interface RequestOptions {
  readonly dryRun?: boolean;
  /** The dryRun parameter as it was sent, where it came as text: anything but All is refused. */
  readonly dryRunValues?: readonly string[];
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
  readonly fieldManager?: string;
  /** Server-side apply: take over fields that others manage. */
  readonly force?: boolean;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly limit?: number;
  readonly continueToken?: string;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan';
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  readonly orphanDependents?: boolean;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly allowWatchBookmarks?: boolean;
  readonly sendInitialEvents?: boolean;
  readonly timeoutSeconds?: number;
}

export interface ApiRequest {
  readonly verb: RequestVerb;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  /** The object or patch, already parsed. */
  readonly body?: unknown;
  /** The body as text, where it came as text (a manifest, HTTP): it is decoded strictly, with duplicate fields seen. */
  readonly text?: string;
  /** The text is YAML rather than JSON. */
  readonly yaml?: boolean;
  readonly patchType?: PatchType;
  readonly options?: RequestOptions;
}

export interface ApiResponse {
  readonly code: number;
  /** The object as stored (or as it would be, for a dry run), or why not. */
  readonly object: ObjectWithMeta | Status;
  readonly warnings: readonly string[];
  /** The trace message of the request. */
  readonly message: number;
}

export interface ListResult {
  readonly apiVersion: string;
  readonly kind: string;
  readonly items: readonly KubernetesObject[];
  readonly resourceVersion: string;
  readonly continueToken?: string;
  readonly remainingItemCount?: number;
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: KubernetesObject;
  /** What the object was before, for MODIFIED and DELETED. */
  readonly previous: KubernetesObject | undefined;
  readonly revision: number;
}

/** Receives events in order, in the context of the watch message. */
export interface WatchHandler {
  readonly onEvent: (event: WatchEvent) => void;
  /** The watch is over: 410 after compaction, or the server went away. */
  readonly onEnd: (status: Status | undefined) => void;
}

export interface WatchHandle { stop(): void }

/** The API server as its clients in the world see it. Every call takes virtual time and is recorded in the trace. */
export interface ApiServer {
  /** Everything but list and watch. */
  request(sender: Sender, request: ApiRequest): Process<ApiResponse>;
  list(sender: Sender, request: ApiRequest): Process<ListResult | Status>;
  watch(sender: Sender, request: ApiRequest, handler: WatchHandler): Process<WatchHandle | Status>;
}
