/** Set by the build: true in development and test builds, where stored objects are frozen. */
declare const DEVELOPMENT: boolean;
