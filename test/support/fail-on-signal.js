// Loaded into a service with --import: causes an unhandled error when it receives a signal.
process.on('SIGUSR2', () => {
  if (process.env.FAIL_WITH === 'exception') throw new Error('a planted exception');
  void Promise.reject(new Error('a planted rejection'));
});
