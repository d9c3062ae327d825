// Loaded into a service with --import: goes wrong in a way nobody handles when it is told to.
process.on('SIGUSR2', () => {
  if (process.env.FAIL_WITH === 'exception') throw new Error('a planted exception');
  void Promise.reject(new Error('a planted rejection'));
});
