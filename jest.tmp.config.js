import base from './jest.faults.config.js';
export default { ...base, globalSetup: undefined, globalTeardown: undefined };
