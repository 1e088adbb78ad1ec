/** The release whose behaviour the engine has. */
export const GIT_VERSION = 'v1.36.2';

/** /version */
export const VERSION = {
  major: '1', minor: '36', emulationMajor: '1', emulationMinor: '36', minCompatibilityMajor: '1', minCompatibilityMinor: '35', gitVersion: GIT_VERSION, gitCommit: '', gitTreeState: 'clean', buildDate: '',
  goVersion: '', compiler: 'gc', platform: 'linux/amd64',
} as const;
