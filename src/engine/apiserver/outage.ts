import { failure, type Status } from '../api/status';

/** What a client says that nobody answers (client-go's connection refused, in kubectl's words). No Status of the server: there is none. */
export const CONNECTION_REFUSED: Status = failure(503, 'ServiceUnavailable', 'The connection to the server 127.0.0.1:6443 was refused - did you specify the right host or port?');

/** While the watch caches are filled (readyz: etcd-readiness, informer-sync): the API server answers, but serves nothing. */
export const STARTING: Status = failure(503, 'ServiceUnavailable', 'apiserver not ready');
