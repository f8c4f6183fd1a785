/** Loaded into child processes: a parent that was killed takes them along, and their ports are free again. */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
